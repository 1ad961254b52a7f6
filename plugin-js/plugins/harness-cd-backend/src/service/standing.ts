import type { Freshness } from 'backstage-plugin-harness-cd-common';
import { harnessFailure } from 'backstage-plugin-harness-cd-node';
import type { Sync } from '../store/SyncStore';

/** A record that is older is said to be. */
const FRESH_MS = 5_000;

/** How far a record is, where it is not that of now. */
export function standing({ asOf, failure, isWhole, knownFrom }: Sync): Freshness {
  const isOld = failure !== undefined || (asOf ?? 0) < Date.now() - FRESH_MS;
  return {
    ...(isOld && asOf !== undefined ? { asOf } : {}),
    ...(failure ? { failure } : {}),
    ...(isWhole || knownFrom === undefined ? {} : { knownFrom }),
  };
}

/** That the question is wrong is no outage. */
export function refuseWrongQuestion({ failure, asOf }: Sync): void {
  if (failure?.code !== 'INVALID_REQUEST' || asOf !== undefined) return;
  const { code, message, hint, correlationId } = failure;
  throw harnessFailure(code, message, { hint, correlationId });
}
