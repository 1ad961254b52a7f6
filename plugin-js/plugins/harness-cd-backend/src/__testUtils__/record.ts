import type { Deployment, PipelineRef, SyncChanges, SyncedRun, SyncProgress } from 'backstage-plugin-harness-cd-common';
import { deploymentKeys } from 'backstage-plugin-harness-cd-node/testUtils';
import type { Knex } from 'knex';
import { DatabaseSyncStore } from '../store/DatabaseSyncStore';

/** One turn of a record is longer than any test. */
const LEASE_MS = 60_000;
const WHOLE: SyncProgress = { asOf: 1, knownFrom: 0, isWhole: true };

/** An execution with these deployments. */
export function run(deployments: Deployment[], fields: Partial<SyncedRun> = {}): SyncedRun {
  const [{ executionId, pipeline, status, phase, startedAt }] = deployments;
  return {
    id: executionId,
    pipeline,
    status,
    phase,
    startedAt,
    isChained: false,
    asksInputs: false,
    deployments,
    keys: deploymentKeys(deployments),
    ...fields,
  };
}

/** Stores what an answer of Harness has changed, as a turn of the record of a pipeline or a project does. */
export async function record(
  knex: Knex,
  lane: PipelineRef,
  changes: Partial<SyncChanges>,
  options: { at?: number; progress?: SyncProgress } = {},
): Promise<void> {
  const { at = 1, progress = WHOLE } = options;
  const store = new DatabaseSyncStore(knex);
  await store.begin(lane);
  const turn = await store.take(lane, at, at + LEASE_MS);
  if (!turn) throw new Error('somebody else takes a turn');
  const { runs = [] } = changes;
  const nothing = { whole: [], told: [], gone: [], quarantined: [], quarantinedTotal: 0 };
  const answer = { runs, listed: runs.map(({ id }) => id), ...nothing, ...changes };
  const isStored = await store.end(turn, { kind: 'learnt', state: 'read', progress, changes: answer });
  if (!isStored) throw new Error('somebody else has taken the turn');
}
