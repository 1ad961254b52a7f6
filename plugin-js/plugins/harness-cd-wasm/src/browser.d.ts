/**
 * The browser's part of the core: pure functions, no secret and no network.
 *
 * @packageDocumentation
 */
import type {
  DeployTarget,
  DeployVerdict,
  FailureCode,
  HarnessUrl,
} from 'backstage-plugin-harness-cd-common';

/**
 * Loads the core. The browser awaits it once before the first call; Node is ready at once. Idempotent; after a
 * failure the next call tries again.
 */
export function loadHarnessCd(): Promise<void>;

/**
 * Checks a deploy request against the rules of its service, where it has some, and against what the live pipeline asks
 * for.
 *
 * @param requestText - the JSON text of the request, as it was sent
 * @param nowMs - the present, epoch ms
 */
export function validateDeploy(requestText: string, target: DeployTarget, nowMs: number): DeployVerdict;

/**
 * Takes a URL of Harness's user interface apart.
 *
 * @throws {@link HarnessCdError} with the code `INVALID_REQUEST` for any other URL
 */
export function parseHarnessUrl(url: string): HarnessUrl;

/**
 * A failure: of Harness, of the way to it, of the caller (`INVALID_REQUEST`) or of the core (`INTERNAL`). A user's
 * mistake is an answer and no failure.
 */
export class HarnessCdError extends Error {
  constructor(
    message: string,
    fields: { code: FailureCode; status?: number; harnessCode?: string; correlationId?: string },
    options?: ErrorOptions,
  );
  readonly name: 'HarnessCdError';
  readonly code: FailureCode;
  /** The HTTP status, where Harness answered. */
  readonly status?: number;
  /** Harness's own code, for example `INVALID_REQUEST`. */
  readonly harnessCode?: string;
  /** Harness's correlation id: its support finds the request by it. */
  readonly correlationId?: string;
}
