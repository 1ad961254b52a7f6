import { ResponseError } from '@backstage/errors';
import type { DeployBody, EntityTarget, HarnessCdApi, StartOptions } from './client';
import type { DeployResponse } from './generated/types';

const POLL_INTERVAL_MS = 1_000;
/** The backend itself looks for a lost run for less than a minute. */
const PATIENCE_MS = 5 * 60_000;

/**
 * What became of a start.
 *
 * @public
 */
export type StartOutcome = Exclude<DeployResponse, { kind: 'starting' }>;

/**
 * Starts a deployment, once for a key, and waits for its outcome: through lost answers, and a backend that ends in the
 * middle. Throws a refusal of the backend, which started nothing, and an error that says that the outcome is not known.
 *
 * @public
 */
export async function deployToEnd(
  api: Pick<HarnessCdApi, 'deploy' | 'getStart'>,
  deployment: { entity: EntityTarget; request: DeployBody },
  options: StartOptions & {
    /** Ends the waiting, not the start. */
    signal?: AbortSignal;
    /** Between two looks at a start that is under way, ms; 1 s where nothing is said. */
    pollIntervalMs?: number;
    /** So long the outcome is waited for, ms; 5 minutes where nothing is said. */
    patienceMs?: number;
  },
): Promise<StartOutcome> {
  const { entity, request } = deployment;
  const { idempotencyKey, signal, pollIntervalMs = POLL_INTERVAL_MS, patienceMs = PATIENCE_MS } = options;
  const deadline = Date.now() + patienceMs;
  let isSent = false;
  let trouble: unknown;
  for (;;) {
    try {
      const answer = isSent
        ? await api.getStart(entity, idempotencyKey)
        : await api.deploy(entity, request, { idempotencyKey });
      if (answer.kind !== 'starting') return answer;
      isSent = true;
    } catch (error) {
      if (!isSent && isRefusal(error)) throw error;
      // What was sent may have arrived, unless the backend says that it has not got it: then it is sent again, under the
      // same key.
      isSent = !isSent || !isMissing(error);
      trouble = error;
    }
    if (Date.now() >= deadline) throw outcomeUnknown(trouble);
    await pause(pollIntervalMs, signal);
  }
}

/** An answer of the backend that nothing was started. Others, such as a proxy in between, say nothing of it. */
function isRefusal(error: unknown): boolean {
  if (!ResponseError.is(error)) return false;
  const { code } = error.body.error as { code?: unknown };
  return typeof code === 'string' || (error.statusCode >= 400 && error.statusCode < 500);
}

function isMissing(error: unknown): boolean {
  return ResponseError.is(error) && error.statusCode === 404;
}

function outcomeUnknown(cause: unknown): Error {
  const message =
    "Whether the deployment was started is not known. Look at the pipeline's executions in Harness before you try again.";
  return new Error(message, { cause });
}

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const stop = () => reject(signal?.reason);
    signal?.addEventListener('abort', stop, { once: true });
    setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
  });
}
