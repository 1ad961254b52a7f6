import { createHash } from 'node:crypto';
import { stringifyEntityRef } from '@backstage/catalog-model';
import { deployToEnd, type DeployBody, type HarnessCdApi, type StartOutcome } from 'backstage-plugin-harness-cd-common';
import { failed, rejection } from './messages';
import type { Target } from './target';

type Started = Extract<StartOutcome, { kind: 'started' }>;

/** What of the action's context says which step of which task it is, and remembers it. */
interface Task {
  checkpoint<T extends string>(options: { key: string; fn: () => T }): Promise<T>;
  step?: { id?: string };
  task: { id: string };
  signal?: AbortSignal;
}

/**
 * Starts a deployment once for a step: its key follows from the task and the step, and is remembered before anything is
 * sent. A task that is run again gets the outcome of the first time from the backend.
 */
export async function startOnce(
  { entity }: Target,
  request: DeployBody,
  options: { api: HarnessCdApi; ctx: Task; pollIntervalMs: number },
): Promise<Started> {
  const { api, ctx, pollIntervalMs } = options;
  const { signal, step, task } = ctx;
  // A step that is done for each of several things is one step with several requests.
  const about = [task.id, step?.id, stringifyEntityRef(entity), JSON.stringify(request)];
  const key = createHash('sha256').update(JSON.stringify(about)).digest('hex').slice(0, 40);
  const idempotencyKey = await ctx.checkpoint({ key: `start.${key}`, fn: () => `scaffolder-${key}` });
  const outcome = await deployToEnd(api, { entity, request }, { idempotencyKey, pollIntervalMs, signal });
  switch (outcome.kind) {
    case 'started':
      return outcome;
    case 'rejected':
      throw rejection(outcome.violations);
    case 'notStarted':
      throw failed(outcome.failure);
    default:
      throw failed(outcome.failure, `See ${outcome.url}`);
  }
}
