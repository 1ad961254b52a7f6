import {
  ConflictError,
  InputError,
  NotAllowedError,
  NotFoundError,
  ServiceUnavailableError,
  isError,
} from '@backstage/errors';
import type { FailureBody, FailureCode } from 'backstage-plugin-harness-cd-common';

/**
 * What an error of this package carries beside its message. The fields travel in the body of an HTTP error.
 *
 * @public
 */
export interface HarnessFailure extends Error {
  /** What kind of failure. */
  code: FailureCode;
  /** What to do about it. */
  hint: string;
  /** Harness's correlation id: its support finds the request by it. */
  correlationId?: string;
}

/**
 * A class of `@backstage/errors`.
 *
 * @public
 */
export type ErrorClass = new (message: string) => Error;

// A refused key is the portal's trouble, not the caller's: never 401, on which a browser would sign a person out.
const FAILURES = {
  UNAUTHORIZED: {
    error: ServiceUnavailableError,
    hint: 'Ask whoever runs this portal to renew the apiKey of harnessCd: Harness refuses the present one.',
  },
  FORBIDDEN: {
    error: NotAllowedError,
    hint: 'Ask whoever runs this portal to give the API key of harnessCd the role it needs in this Harness project.',
  },
  PIPELINE_NOT_FOUND: {
    error: NotFoundError,
    hint: "Check the pipeline in the entity's harness.io annotations, and that it exists in the Harness project.",
  },
  NOT_FOUND: { error: NotFoundError, hint: 'It may have been deleted in Harness.' },
  WRONG_SCOPE: {
    error: InputError,
    hint: "Compare account, organization and project of the entity's harness.io annotation with harnessCd in app-config.",
  },
  CONFLICT: { error: ConflictError, hint: 'Somebody else changed it in the meantime. Reload and try again.' },
  INVALID_REQUEST: { error: InputError, hint: 'Correct what the message names and try again.' },
  RATE_LIMITED: { error: ServiceUnavailableError, hint: 'Wait a minute: too many requests share one API key.' },
  UNAVAILABLE: { error: ServiceUnavailableError, hint: 'Try again in a few minutes, or look at status.harness.io.' },
  TIMEOUT: { error: ServiceUnavailableError, hint: 'Try again in a few minutes, or look at status.harness.io.' },
  MALFORMED_RESPONSE: {
    error: ServiceUnavailableError,
    hint: 'Check harnessCd.baseUrl and any proxy in between: the answer is none of Harness.',
  },
  // Never 502, 503 or 504: a proxy would send the start again.
  OUTCOME_UNKNOWN: {
    error: ConflictError,
    hint: "Look at the pipeline's executions in Harness before you try again: the deployment may have started.",
  },
  FOREIGN_PIPELINE: {
    error: NotAllowedError,
    hint: "Name the entity in a tag of the pipeline, or the right pipeline in the entity's harness.io annotation.",
  },
  INVALID_CONFIG: {
    error: ServiceUnavailableError,
    hint: 'Ask whoever runs this portal to correct its configuration.',
  },
  // No class of @backstage/errors means 500; an Error of no class does.
  INTERNAL: { error: Error, hint: 'This is a defect. Please report it with the log of the backend.' },
} satisfies Record<FailureCode, { error: ErrorClass; hint: string }>;

/**
 * A failure as the class of `@backstage/errors` that has the fitting HTTP status.
 *
 * @public
 */
export function harnessFailure(
  code: FailureCode,
  message: string,
  details: {
    hint?: string;
    correlationId?: string;
    /** Where the code alone does not tell whose mistake it is. */
    error?: ErrorClass;
  } = {},
): HarnessFailure {
  const { error: ErrorOfCode, hint } = { ...FAILURES[code], ...(details.error && { error: details.error }) };
  const error = new ErrorOfCode(message);
  const { correlationId } = details;
  return Object.assign(error, { code, hint: details.hint ?? hint }, correlationId ? { correlationId } : {});
}

/**
 * Whether an error carries the fields of {@link HarnessFailure}.
 *
 * @public
 */
export function isHarnessFailure(error: unknown): error is HarnessFailure {
  return isError(error) && typeof error.code === 'string' && error.code in FAILURES && typeof error.hint === 'string';
}

/**
 * A failure as the part `failure` of an answer.
 *
 * @param since - Since when it has been so, epoch ms.
 * @public
 */
export function failureBody(error: HarnessFailure, since: number): FailureBody {
  const { code, message, hint, correlationId } = error;
  return { code, message, hint, correlationId, since };
}

/** An error that the WebAssembly module threw, as a {@link HarnessFailure}; anything else as it is. */
export function fromModuleError(error: unknown): unknown {
  if (!isError(error) || error.name !== 'HarnessCdError') return error;
  const code = String(error.code);
  const correlationId = typeof error.correlationId === 'string' ? error.correlationId : undefined;
  return harnessFailure(isFailureCode(code) ? code : 'INTERNAL', error.message, { correlationId });
}

function isFailureCode(code: string): code is FailureCode {
  return code in FAILURES;
}

/**
 * What several searches in Harness found together. One that fails hides nothing of the others; what is no failure of
 * Harness is thrown.
 *
 * @public
 */
export async function gather<T>(searches: Promise<T[]>[]): Promise<{ found: T[]; failures: HarnessFailure[] }> {
  const outcomes = await Promise.allSettled(searches);
  const errors = outcomes.flatMap(outcome => (outcome.status === 'rejected' ? [outcome.reason] : []));
  const unexpected = errors.find(error => !isHarnessFailure(error));
  if (unexpected) throw unexpected;
  return {
    found: outcomes.flatMap(outcome => (outcome.status === 'fulfilled' ? outcome.value : [])),
    failures: errors,
  };
}
