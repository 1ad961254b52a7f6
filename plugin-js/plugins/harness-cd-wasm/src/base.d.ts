import type { FailureCode } from 'backstage-plugin-harness-cd-common';

/**
 * Loads the core. The browser awaits it once before the first call; Node is ready at once. Idempotent; after a
 * failure the next call tries again.
 */
export function loadHarnessCd(): Promise<void>;

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
