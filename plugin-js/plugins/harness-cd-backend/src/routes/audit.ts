import type { Request } from 'express';
import type { AuditorService, AuditorServiceEvent } from '@backstage/backend-plugin-api';
import { InputError, toError } from '@backstage/errors';
import type { JsonObject } from '@backstage/types';
import type { AnswerOutcome } from 'backstage-plugin-harness-cd-common';
import { harnessFailure } from 'backstage-plugin-harness-cd-node';
import type { Start } from '../store/StartStore';

/** An attempt to deploy that has begun. */
export class AuditedStart {
  constructor(private readonly event: AuditorServiceEvent) {}

  /** It is refused before it is a start. */
  async refused(error: unknown): Promise<void> {
    await this.event.fail({ error: toError(error) });
  }

  /** What became of it; without an outcome, that it is under way. */
  async end(start: Start, more: JsonObject = {}): Promise<void> {
    const meta = { ...metaOf(start), ...more };
    const error = errorOf(start);
    if (error) await this.event.fail({ error, meta });
    else await this.event.success({ meta });
  }
}

/** Every attempt to deploy in the audit log: who, what, where to, and how it ended. */
export class StartAudit {
  constructor(private readonly auditor: AuditorService) {}

  /** Somebody asks for a start. */
  async begin(request: Request, meta: { entityRef: string; startedBy: string; key?: string }): Promise<AuditedStart> {
    const { key = null } = meta;
    return new AuditedStart(await this.#event({ ...meta, key }, request));
  }

  /** A start that another backend left behind has its outcome. */
  async recovered(start: Start): Promise<void> {
    const { entityRef, startedBy, key } = start;
    await new AuditedStart(await this.#event({ entityRef, startedBy, key })).end(start);
  }

  async #event(meta: JsonObject, request?: Request): Promise<AuditorServiceEvent> {
    return this.auditor.createEvent({ eventId: 'deployment-create', severityLevel: 'medium', request, meta });
  }
}

/** Every answer to what a run asks for in the audit log: who, for which run, and what became of it; not what was given. */
export class AnswerAudit {
  constructor(private readonly auditor: AuditorService) {}

  /** Somebody answers. */
  async watch(request: Request, meta: JsonObject, answer: () => Promise<AnswerOutcome>): Promise<AnswerOutcome> {
    const event = await this.auditor.createEvent({
      eventId: 'execution-input-answer',
      severityLevel: 'medium',
      request,
      meta,
    });
    try {
      const outcome = await answer();
      const told = { outcome: outcome.kind };
      if (outcome.kind === 'taken') await event.success({ meta: told });
      else await event.fail({ error: new InputError(`the answer was not taken: ${outcome.kind}`), meta: told });
      return outcome;
    } catch (error) {
      await event.fail({ error: toError(error) });
      throw error;
    }
  }
}

function metaOf({ entityRef, key, pipeline, startedBy, asked, state, outcome }: Start): JsonObject {
  const { account, org, project, branch } = pipeline;
  const { service, environment, region, imageTag, changeTicket, inputSets, stages } = asked;
  const named = {
    branch,
    service,
    environment,
    region,
    imageTag,
    changeTicket,
    inputSets,
    stages,
    executionId: outcome?.kind === 'started' ? outcome.executionId : undefined,
    violations: outcome?.kind === 'rejected' ? outcome.violations.map(({ code }) => code) : undefined,
  };
  const known = Object.entries(named).filter(([, value]) => value !== undefined);
  return {
    entityRef,
    key,
    startedBy,
    account,
    org,
    project,
    pipeline: pipeline.pipeline,
    outcome: state,
    ...Object.fromEntries(known),
  };
}

function errorOf({ outcome }: Start): Error | undefined {
  if (outcome?.kind === 'rejected') return new InputError('the request breaks the rules');
  if (outcome?.kind !== 'notStarted' && outcome?.kind !== 'unknown') return undefined;
  const { code, message, hint, correlationId } = outcome.failure;
  return harnessFailure(code, message, { hint, correlationId });
}
