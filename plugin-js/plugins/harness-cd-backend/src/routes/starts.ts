import type { Request, Response, Router } from 'express';
import type { HttpAuthService } from '@backstage/backend-plugin-api';
import { stringifyEntityRef } from '@backstage/catalog-model';
import {
  type DeployCheckResponse,
  type DeployResponse,
  IDEMPOTENCY_KEY_HEADER,
} from 'backstage-plugin-harness-cd-common';
import { harnessFailure, type HarnessCdService } from 'backstage-plugin-harness-cd-node';
import { answerOf } from '../service/starts/outcome';
import type { Starts } from '../service/starts/Starts';
import type { StartAudit } from './audit';
import { type EntityAccess, entityRefOf, NEEDED_TO_DEPLOY } from './EntityAccess';
import { requestText, textOf } from './requestText';

const KEY = /^[A-Za-z0-9_-]{8,64}$/;
/** So long a request waits for the outcome; then it is answered that the start is under way. */
const PATIENCE_MS = 5_000;

/** Starting deployments of an entity, and what became of a start. */
export function addStartRoutes(
  router: Router,
  services: {
    access: EntityAccess;
    audit: StartAudit;
    harnessCd: HarnessCdService;
    httpAuth: HttpAuthService;
    starts: Starts;
  },
): void {
  const { access, audit, harnessCd, httpAuth, starts } = services;

  router.post('/deployments', requestText, async (req, res) => {
    const caller = callerOf(res);
    const credentials = await httpAuth.credentials(req, { allow: ['user'] });
    const startedBy = credentials.principal.userEntityRef;
    const entityRef = stringifyEntityRef(entityRefOf(req));
    const event = await audit.begin(req, { entityRef, startedBy, key: req.header(IDEMPOTENCY_KEY_HEADER) });
    const begin = async () => {
      const entity = await access.authorizedEntity(req, { credentials, needs: NEEDED_TO_DEPLOY });
      const key = readKey(req);
      const target = await access.pipelineOf(entity, req);
      return starts.ask({ target, key, text: textOf(req), startedBy, caller, ended: start => event.end(start) });
    };
    const { start, isRepeat } = await begin().catch(async error => {
      await event.refused(error);
      throw error;
    });
    const end = await starts.settled(start, PATIENCE_MS);
    if (isRepeat) await event.end(end, { isRepeat });
    respond(res, answerOf(end));
  });

  router.post('/deployment-checks', requestText, async (req, res) => {
    const entity = await access.deployableEntity(req);
    const check = await harnessCd.checkDeploy(textOf(req), await access.pipelineOf(entity, req));
    const answer: DeployCheckResponse =
      check.kind === 'allowed' ? { kind: 'allowed', warnings: check.warnings } : check;
    res.json(answer);
  });

  router.get('/starts/:key', async (req, res) => {
    const entityRef = stringifyEntityRef(await access.readableEntity(req));
    const start = await starts.find(entityRef, req.params.key);
    if (!start) {
      throw harnessFailure('NOT_FOUND', `There is no start ${req.params.key} of ${entityRef}.`, {
        hint: 'Ask with the key and for the entity that the start was asked for with; old starts are forgotten.',
      });
    }
    res.json(answerOf(start));
  });
}

function readKey(req: Request): string {
  const key = req.header(IDEMPOTENCY_KEY_HEADER) ?? '';
  if (KEY.test(key)) return key;
  throw harnessFailure(
    'INVALID_REQUEST',
    `The header ${IDEMPOTENCY_KEY_HEADER} is ${key ? 'no key' : 'missing'}: it takes 8 to 64 letters, digits, - and _.`,
    {
      hint: 'Send a text that no other start has, for example a UUID, and the same again with a repetition of the request.',
    },
  );
}

/** Aborted when the connection is gone before there was an answer. */
function callerOf(res: Response): AbortSignal {
  const controller = new AbortController();
  res.once('close', () => {
    if (!res.writableFinished) controller.abort();
  });
  return controller.signal;
}

function respond(res: Response, answer: DeployResponse): void {
  if (answer.kind === 'notStarted') {
    const { code, message, hint, correlationId } = answer.failure;
    throw harnessFailure(code, message, { hint, correlationId });
  }
  res.status(answer.kind === 'rejected' ? 400 : 202).json(answer);
}
