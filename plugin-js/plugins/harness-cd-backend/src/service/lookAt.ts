import type { Freshness } from 'backstage-plugin-harness-cd-common';
import { type ChosenPipeline, type HarnessCdService, harnessFailure } from 'backstage-plugin-harness-cd-node';
import type { Sync } from '../store/SyncStore';
import type { DeploymentSync } from '../tasks/DeploymentSync';
import { ownServices } from './ownServices';

/** A record that is older is said to be. */
const FRESH_MS = 5_000;

/** Who has a record brought up to date. */
export interface Looking {
  harnessCd: Pick<HarnessCdService, 'pipelinesThatDeployed'>;
  sync: Pick<DeploymentSync, 'look'>;
}

/** Brings the record of an entity's pipeline up to date: as of when it is, and of which services alone it is the entity's. */
export async function lookAt(
  target: ChosenPipeline,
  { harnessCd, sync }: Looking,
): Promise<{ services: string[]; freshness: Freshness }> {
  const [services, known] = await Promise.all([ownServices(target, harnessCd), sync.look(target.pipeline)]);
  refuseWrongQuestion(known);
  return { services, freshness: freshnessOf(known) };
}

/** How far a record is, where it is not that of now. */
export function freshnessOf({ asOf, failure, isWhole, knownFrom }: Sync): Freshness {
  const isOld = failure !== undefined || (asOf ?? 0) < Date.now() - FRESH_MS;
  return {
    ...(isOld && asOf !== undefined ? { asOf } : {}),
    ...(failure ? { failure } : {}),
    ...(isWhole || knownFrom === undefined ? {} : { knownFrom }),
  };
}

/** That the question is wrong is no outage. */
function refuseWrongQuestion({ failure, asOf }: Sync): void {
  if (failure?.code !== 'INVALID_REQUEST' || asOf !== undefined) return;
  const { code, message, hint, correlationId } = failure;
  throw harnessFailure(code, message, { hint, correlationId });
}
