import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request, Router } from 'express';
import type { RootConfigService } from '@backstage/backend-plugin-api';
import { AuthenticationError, ConflictError, InputError } from '@backstage/errors';
import type { PipelineRef } from 'backstage-plugin-harness-cd-common';
import { type HarnessCdService, refuseOutOfReach } from 'backstage-plugin-harness-cd-node';
import { z } from 'zod';
import { EVENT_KEPT_MS } from '../service/keepHouse';
import type { EventStore } from '../store/EventStore';
import { requestText, textOf } from './requestText';

/** Where Harness posts its events to, below the plugin. */
export const WEBHOOK_PATH = '/v1/webhook';
/** Harness signs nothing: a header of the notification holds what only the two know. */
const SECRET_HEADER = 'X-Harness-CD-Secret';
const SECRET_KEY = 'harnessCd.webhook.secret';
const SHORTEST_SECRET = 16;
/** What is less is in seconds, as in most events; some are in milliseconds. */
const LEAST_MS = 100_000_000_000;

const name = z.string().min(1).max(128);
const eventSchema = z.object({
  eventData: z.object({
    accountIdentifier: name,
    orgIdentifier: name,
    projectIdentifier: name,
    pipelineIdentifier: name,
    startTs: z.number().optional(),
    endTs: z.number().optional(),
  }),
});

/** The secret that Harness has to know; undefined where no event is taken. */
export function readWebhookSecret(config: RootConfigService): string | undefined {
  const secret = config.getOptionalString(SECRET_KEY);
  if (secret === undefined || secret.length >= SHORTEST_SECRET) return secret;
  throw new InputError(`${SECRET_KEY} in app-config has fewer than ${SHORTEST_SECRET} characters; make one by chance`);
}

/**
 * Takes the notifications of pipelines: that something has happened, and no more. They come late, twice, not at all and
 * in any order, so that what has happened is read from Harness.
 */
export function addWebhookRoute(
  router: Router,
  services: {
    secret: string;
    events: EventStore;
    harnessCd: Pick<HarnessCdService, 'accounts'>;
    happened: (pipeline: PipelineRef) => Promise<void>;
  },
): void {
  const { secret, events, harnessCd, happened } = services;
  router.post(WEBHOOK_PATH, requestText, async (req, res) => {
    refuseForged(req, secret);
    const { pipeline, lastAt } = readEvent(textOf(req));
    refuseOutOfReach(`The pipeline ${pipeline.pipeline}`, pipeline, harnessCd.accounts);
    const now = Date.now();
    const isOld = lastAt !== undefined && lastAt < now - EVENT_KEPT_MS;
    if (isOld || !(await events.note(digest(textOf(req)), now))) {
      throw new ConflictError('The event has come before, or is too old to tell; it says nothing new.');
    }
    await happened(pipeline);
    res.status(202).json({ kind: 'noted' });
  });
}

function refuseForged(req: Request, secret: string): void {
  const given = req.header(SECRET_HEADER) ?? '';
  // Digests are of one length, whatever was given.
  if (timingSafeEqual(Buffer.from(digest(given)), Buffer.from(digest(secret)))) return;
  throw new AuthenticationError(`The header ${SECRET_HEADER} does not hold what ${SECRET_KEY} of app-config says.`);
}

function readEvent(text: string): { pipeline: PipelineRef; lastAt?: number } {
  const { success, data } = eventSchema.safeParse(parse(text));
  if (!success)
    throw new InputError('The body is no event of a pipeline, as a notification of Harness by webhook has it.');
  const { accountIdentifier, orgIdentifier, projectIdentifier, pipelineIdentifier, startTs, endTs } = data.eventData;
  const at = endTs ?? startTs;
  return {
    pipeline: {
      account: accountIdentifier,
      org: orgIdentifier,
      project: projectIdentifier,
      pipeline: pipelineIdentifier,
    },
    lastAt: at !== undefined && at < LEAST_MS ? at * 1_000 : at,
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
