import type { DeployResponse, StartOutcome } from 'backstage-plugin-harness-cd-common';
import { failureBody, harnessFailure, type HarnessFailure } from 'backstage-plugin-harness-cd-node';
import type { Start } from '../../store/StartStore';

/** What whoever asks for a start is told. */
export function answerOf({ state, outcome, createdAt }: Start): DeployResponse {
  if (outcome) return outcome;
  if (state === 'checking' || state === 'starting' || state === 'searching') {
    return { kind: 'starting', step: state, since: createdAt };
  }
  throw new Error(`a start that ended as ${state} has no outcome`);
}

/** Nothing was started, for certain. */
export function notStarted(failure: HarnessFailure): StartOutcome {
  return { kind: 'notStarted', failure: failureBody(failure, Date.now()) };
}

/** It may have been started. */
export function unknown(url: string, failure?: HarnessFailure): StartOutcome {
  const lost = harnessFailure('OUTCOME_UNKNOWN', 'Whether Harness started the deployment is not known.');
  return { kind: 'unknown', failure: failureBody(failure ?? lost, Date.now()), url };
}

/** Whoever asked went away, or closed the page, before Harness was asked. */
export function callerGone(): StartOutcome {
  return notStarted(
    harnessFailure(
      'UNAVAILABLE',
      'Whoever asked for the deployment went away before it was sent; nothing was started.',
      {
        hint: 'Start it again.',
      },
    ),
  );
}

/** The backend that worked on it is gone, and had not asked Harness yet. */
export function backendGone(): StartOutcome {
  return notStarted(
    harnessFailure('UNAVAILABLE', 'The backend ended before the deployment was sent; nothing was started.', {
      hint: 'Start it again.',
    }),
  );
}
