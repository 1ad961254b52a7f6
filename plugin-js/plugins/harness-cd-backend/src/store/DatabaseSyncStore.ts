import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Knex } from 'knex';
import {
  type Deployment,
  type DeploymentEvent,
  type FailureBody,
  type FailureCode,
  type HarnessScope,
  isTerminal,
  type SyncChanges,
  type SyncedRun,
  type SyncHints,
  type ToldRun,
  type UntoldRun,
} from 'backstage-plugin-harness-cd-common';
import { failureBody, harnessFailure, withRunInputs } from 'backstage-plugin-harness-cd-node';
import {
  DEPLOYMENTS,
  EXECUTIONS,
  keyOf,
  milliseconds,
  NOT_BEGUN,
  PIPELINE,
  PIPELINES,
  QUARANTINE,
  SCOPE,
  scopeOf,
  SYNCS,
} from './columns';
import { type Asked, type Changed, type Lane, laneOfProject, type Sync, type SyncStore, type Turn } from './SyncStore';

/** Rows in one statement: SQLite takes 500 at most. */
const AT_A_TIME = 100;

/** Of more runs whose inputs were not read the others wait for these. */
const UNTOLD = 20;

/** What keeps Harness from answering to anything on a key. */
const OF_ACCOUNT: readonly FailureCode[] = ['UNAVAILABLE', 'TIMEOUT', 'RATE_LIMITED', 'UNAUTHORIZED'];

/** {@link SyncStore} in SQLite or PostgreSQL. */
export class DatabaseSyncStore implements SyncStore {
  constructor(private readonly knex: Knex) {}

  async begin(lane: Lane): Promise<void> {
    await this.knex(SYNCS)
      .insert({ ...keyOf(lane), state: '', is_whole: false, due_at: 0, lease_until: 0 })
      .onConflict([...PIPELINE])
      .ignore();
  }

  async get(lane: Lane): Promise<Sync | undefined> {
    const row = await this.knex(SYNCS).where(keyOf(lane)).first();
    if (!row) return undefined;
    const sync = syncOf(row);
    const { failure } = sync;
    if (!failure || !OF_ACCOUNT.includes(failure.code)) return sync;
    const [{ since }] = await this.knex(SYNCS).where({ account: lane.account }).min({ since: 'failing_since' });
    return { ...sync, failure: { ...failure, since: milliseconds(since) ?? failure.since } };
  }

  async hint(lane: Lane, { lookedAt, happenedAt }: SyncHints): Promise<void> {
    await this.knex(SYNCS)
      .where(keyOf(lane))
      .update({
        due_at: 0,
        ...(lookedAt === undefined ? {} : { looked_at: lookedAt }),
        ...(happenedAt === undefined ? {} : { happened_at: happenedAt }),
      });
  }

  async listUntold(lane: Lane): Promise<UntoldRun[]> {
    const rows = await this.knex(EXECUTIONS)
      .where(ofLane(lane))
      .whereRaw('asks_inputs')
      .whereNull('inputs')
      .whereNull('missing_since')
      .orderByRaw('ended_at IS NOT NULL, sorted_at DESC')
      .limit(UNTOLD)
      .select('id', 'phase');
    return rows.map(({ id, phase }) => ({ id, hasEnded: isTerminal(phase) }));
  }

  async listDue(at: number): Promise<Lane[]> {
    const due = this.knex(SYNCS).where('due_at', '<=', at).where('lease_until', '<=', at);
    return due.orderBy('due_at').select(...PIPELINE);
  }

  async take(lane: Lane, at: number, leaseUntil: number): Promise<Turn | undefined> {
    const owner = randomUUID();
    const taken = await this.knex(SYNCS)
      .where(keyOf(lane))
      .where('lease_until', '<=', at)
      .update({ owner, lease_until: leaseUntil });
    const sync = taken === 1 ? await this.get(lane) : undefined;
    return sync && { sync, owner, at };
  }

  async renew({ sync, owner }: Turn, leaseUntil: number): Promise<void> {
    await this.knex(SYNCS)
      .where({ ...keyOf(sync.lane), owner })
      .update({ lease_until: leaseUntil });
  }

  async wait({ sync, owner }: Turn, dueAt: number): Promise<void> {
    const { lookedAt, happenedAt } = sync.hints;
    await this.knex(SYNCS)
      .where({ ...keyOf(sync.lane), owner })
      .update({
        owner: null,
        lease_until: 0,
        // Who has looked since is waiting.
        due_at: this.knex.raw(
          'CASE WHEN looked_at > CAST(? AS BIGINT) OR happened_at > CAST(? AS BIGINT) THEN 0 ELSE CAST(? AS BIGINT) END',
          [lookedAt ?? 0, happenedAt ?? 0, dueAt],
        ),
      });
  }

  async end(turn: Turn, asked: Asked, dueAt: number = 0): Promise<Changed | undefined> {
    const { progress, state } = asked;
    const failure = asked.kind === 'failed' ? JSON.stringify(asked.failure) : null;
    return this.knex.transaction(async transaction => {
      const ended = await transaction(SYNCS)
        .where({ ...keyOf(turn.sync.lane), owner: turn.owner })
        .update({
          state,
          as_of: progress.asOf ?? null,
          known_from: progress.knownFrom ?? null,
          is_whole: progress.isWhole,
          failing_since: progress.failingSince ?? null,
          failure,
          due_at: dueAt,
          owner: null,
          lease_until: 0,
        });
      if (ended !== 1) return undefined;
      return asked.kind === 'learnt' ? store(transaction, turn, asked.changes) : { deployments: [], pipelines: [] };
    });
  }

  async retire(lookedBefore: number): Promise<void> {
    const single = await this.knex(SYNCS).whereNot({ pipeline: '' }).where({ is_whole: true });
    for (const row of single) {
      const { lane, hints } = syncOf(row);
      const project = await this.get(laneOfProject(lane));
      const ofPipeline = this.knex(EXECUTIONS).where(keyOf(lane)).whereNull('missing_since');
      const chained = await ofPipeline.clone().where({ is_chained: true }).first('id');
      const isKnown = (await ofPipeline.clone().first('id')) !== undefined;
      if (project?.isWhole && !chained && (isKnown || (hints.lookedAt ?? 0) < lookedBefore)) {
        await this.knex(SYNCS).where(keyOf(lane)).delete();
      }
    }
  }
}

/** The deployments of an execution. */
type RunRows = Pick<SyncedRun, 'id' | 'pipeline' | 'deployments' | 'keys'>;

/** Those of them that are not as they were. */
type ChangedRun = Pick<SyncedRun, 'pipeline' | 'deployments'>;

/** Which executions are of a lane. */
function ofLane({ pipeline, ...scope }: Lane): object {
  return { ...scopeOf(scope), ...(pipeline ? { pipeline } : { is_chained: false }) };
}

/** Stores what an answer tells; what of it is not as it was. */
async function store(transaction: Knex.Transaction, turn: Turn, changes: SyncChanges): Promise<Changed> {
  const deployments: DeploymentEvent[] = [];
  const pipelines = new Set<string>(await markListed(transaction, turn, changes));
  // That a run tells more of itself is nothing that has happened.
  for (const run of await storeInputs(transaction, scopeOf(turn.sync.lane), changes.told)) pipelines.add(run.pipeline);
  const changed: ChangedRun[] = [];
  for (let from = 0; from < changes.runs.length; from += AT_A_TIME) {
    changed.push(...(await replaceRuns(transaction, turn, changes.runs.slice(from, from + AT_A_TIME))));
  }
  for (const run of changed) {
    pipelines.add(run.pipeline);
    const pipeline = { ...scopeOf(turn.sync.lane), pipeline: run.pipeline };
    deployments.push(...run.deployments.map(deployment => ({ pipeline, deployment })));
  }
  for (const pipeline of await markMissing(transaction, turn, changes)) pipelines.add(pipeline);
  await raiseRevisions(transaction, turn.sync.lane, [...pipelines].sort());
  await countQuarantined(transaction, turn, changes);
  return { deployments, pipelines: [...pipelines] };
}

async function countQuarantined(transaction: Knex.Transaction, turn: Turn, changes: SyncChanges): Promise<void> {
  const { at, sync } = turn;
  const [first] = changes.quarantined;
  if (!first) return;
  const { reason, pointer } = first;
  await transaction(QUARANTINE)
    .insert({
      ...keyOf(sync.lane),
      reason: reason.slice(0, 255),
      pointer: pointer.slice(0, 255),
      count: changes.quarantinedTotal,
      first_at: at,
      last_at: at,
    })
    .onConflict([...PIPELINE, 'reason'])
    .merge(['count', 'pointer', 'last_at']);
}

/**
 * Puts runs in the place of what is known of them; not of one that somebody else has asked for later. Those that are not
 * as they were, with the deployments of them that are not.
 */
async function replaceRuns(
  transaction: Knex.Transaction,
  { at, sync }: Turn,
  runs: SyncedRun[],
): Promise<ChangedRun[]> {
  const scope = scopeOf(sync.lane);
  const ids = runs.map(({ id }) => id);
  const newer: string[] = await transaction(EXECUTIONS)
    .where(scope)
    .whereIn('id', ids)
    .where('read_at', '>', at)
    .pluck('id');
  // In one order, so that two who store the same do not wait for each other.
  const wanted = runs.filter(({ id }) => !newer.includes(id)).sort((one, other) => (one.id < other.id ? -1 : 1));
  if (wanted.length === 0) return [];
  await transaction(EXECUTIONS)
    .insert(wanted.map(run => executionRow(scope, run, at)))
    .onConflict([...SCOPE, 'id'])
    .merge();
  return replaceDeployments(transaction, scope, wanted);
}

/** Keeps what runs were asked to do, and has their deployments tell it; those that are not as they were. */
async function storeInputs(transaction: Knex.Transaction, scope: HarnessScope, told: ToldRun[]): Promise<ChangedRun[]> {
  if (told.length === 0) return [];
  for (const { id, inputs } of told) {
    await transaction(EXECUTIONS)
      .where({ ...scope, id })
      .update({ inputs: JSON.stringify(inputs) });
  }
  const known = await knownRows(transaction, scope, told);
  const runs = Array.from(known, ([id, rows]) => {
    const deployments: Deployment[] = rows.map(({ payload }) => JSON.parse(payload));
    return { id, pipeline: rows[0].pipeline, deployments, keys: [] };
  });
  return replaceDeployments(transaction, scope, runs);
}

/** The deployments that are known of runs, in their order, by the run. */
async function knownRows(
  transaction: Knex.Transaction,
  scope: HarnessScope,
  runs: { id: string }[],
): Promise<Map<string, { pipeline: string; payload: string }[]>> {
  const rows: { execution_id: string; pipeline: string; payload: string }[] = await transaction(DEPLOYMENTS)
    .where(scope)
    .whereIn(
      'execution_id',
      runs.map(({ id }) => id),
    )
    .orderBy('position')
    .select('execution_id', 'pipeline', 'payload');
  return Map.groupBy(rows, ({ execution_id: id }) => id);
}

/** Runs with what they were asked to do, as far as that was read. */
async function withKnownInputs(
  transaction: Knex.Transaction,
  scope: HarnessScope,
  runs: RunRows[],
): Promise<RunRows[]> {
  const known: { id: string; inputs: string }[] = await transaction(EXECUTIONS)
    .where(scope)
    .whereIn(
      'id',
      runs.map(({ id }) => id),
    )
    .whereNotNull('inputs')
    .select('id', 'inputs');
  const inputs = new Map(known.map(row => [row.id, JSON.parse(row.inputs)] as const));
  const asked = runs.filter(({ id }) => inputs.has(id));
  const told = withRunInputs(asked.map(({ id, deployments }) => ({ deployments, inputs: inputs.get(id) })));
  const rows = new Map(asked.map(({ id }, index) => [id, told[index]] as const));
  return runs.map(run => ({ ...run, ...rows.get(run.id) }));
}

/** Puts the deployments of runs in the place of what is known of them. */
async function replaceDeployments(
  transaction: Knex.Transaction,
  scope: HarnessScope,
  runs: RunRows[],
): Promise<ChangedRun[]> {
  const changed = await changedRuns(transaction, scope, await withKnownInputs(transaction, scope, runs));
  // A run that was one row has others once its stages have begun.
  await transaction(DEPLOYMENTS)
    .where(scope)
    .whereIn(
      'execution_id',
      changed.map(({ id }) => id),
    )
    .delete();
  const rows = uniqueById(changed.flatMap(run => deploymentRows(scope, run)));
  for (let from = 0; from < rows.length; from += AT_A_TIME) {
    await transaction(DEPLOYMENTS).insert(rows.slice(from, from + AT_A_TIME));
  }
  return changed.map(({ pipeline, deployments, before }) => ({
    pipeline,
    deployments: deployments.filter(deployment => !before.has(JSON.stringify(deployment))),
  }));
}

/** The runs whose deployments are not those that are known, and what those are. */
async function changedRuns(
  transaction: Knex.Transaction,
  scope: HarnessScope,
  runs: RunRows[],
): Promise<(RunRows & { before: Set<string> })[]> {
  const known = await knownRows(transaction, scope, runs);
  const payloadsBefore = (id: string) => known.get(id)?.map(({ payload }) => payload) ?? [];
  return runs
    .filter(({ id, deployments }) => !isDeepStrictEqual(payloadsBefore(id), payloadsOf(deployments)))
    .map(run => ({ ...run, before: new Set(payloadsBefore(run.id)) }));
}

function payloadsOf(deployments: Deployment[]): string[] {
  return uniqueById(deployments).map(deployment => JSON.stringify(deployment));
}

/** Notes that deployments of pipelines are not as they were. */
async function raiseRevisions(transaction: Knex.Transaction, lane: Lane, pipelines: string[]): Promise<void> {
  for (let from = 0; from < pipelines.length; from += AT_A_TIME) {
    const rows = pipelines.slice(from, from + AT_A_TIME);
    await transaction(PIPELINES)
      .insert(rows.map(pipeline => ({ ...scopeOf(lane), pipeline, revision: 1 })))
      .onConflict([...PIPELINE])
      .merge({ revision: transaction.raw('?? + 1', [`${PIPELINES}.revision`]) });
  }
}

/** Takes the mark away of what is there again, before it is replaced; of which pipelines that is. */
async function markListed(transaction: Knex.Transaction, { sync }: Turn, { listed }: SyncChanges): Promise<string[]> {
  const marked = await transaction(EXECUTIONS)
    .where(scopeOf(sync.lane))
    .whereIn('id', listed)
    .whereNotNull('missing_since')
    .update({ missing_since: null }, ['pipeline']);
  return marked.map(({ pipeline }) => pipeline);
}

/** Marks what is not there any more in Harness; of which pipelines that is. */
async function markMissing(transaction: Knex.Transaction, turn: Turn, changes: SyncChanges): Promise<string[]> {
  const { whole, listed, gone } = changes;
  const { at, sync } = turn;
  const known = (of: object) => transaction(EXECUTIONS).where(of).whereNull('missing_since');
  const marks = [known(scopeOf(sync.lane)).whereIn('id', gone).update({ missing_since: at }, ['pipeline'])];
  for (const { fromMs, toMs } of whole) {
    marks.push(
      known(ofLane(sync.lane))
        .where('started_at', '>=', fromMs)
        .modify(builder => {
          if (toMs !== undefined) builder.where('started_at', '<=', toMs);
        })
        .where('read_at', '<=', at)
        .whereNotIn('id', listed)
        .update({ missing_since: at }, ['pipeline']),
    );
  }
  const marked: { pipeline: string }[] = [];
  for (const mark of marks) marked.push(...(await mark));
  return marked.map(({ pipeline }) => pipeline);
}

function executionRow(scope: HarnessScope, run: SyncedRun, at: number) {
  return {
    ...scope,
    id: run.id,
    pipeline: run.pipeline,
    status: run.status,
    phase: run.phase,
    created_at: run.createdAt ?? null,
    started_at: run.startedAt ?? null,
    sorted_at: run.startedAt ?? NOT_BEGUN,
    ended_at: run.endedAt ?? null,
    is_chained: run.isChained,
    asks_inputs: run.asksInputs,
    read_at: at,
    missing_since: null,
  };
}

function deploymentRows(scope: HarnessScope, run: RunRows) {
  return run.deployments.map((deployment, position) => {
    const keys = run.keys[position];
    return {
      ...scope,
      id: deployment.id,
      execution_id: run.id,
      position,
      pipeline: run.pipeline,
      service: deployment.service ?? null,
      environment: deployment.environment ?? null,
      region: keys.region ?? null,
      status: deployment.status,
      status_group: keys.group,
      deploys: keys.deploys,
      tag: deployment.version ?? null,
      people: keys.people,
      words: keys.words,
      sorted_at: keys.begunAt ?? NOT_BEGUN,
      ended_at: keys.endedAt ?? null,
      payload: JSON.stringify(deployment),
    };
  });
}

/** Each row once: one statement must not write a row twice. */
function uniqueById<T extends { id: string }>(rows: T[]): T[] {
  return [...new Map(rows.map(row => [row.id, row])).values()];
}

function syncOf(row: any): Sync {
  const since = milliseconds(row.failing_since);
  return {
    lane: keyOf(row),
    state: row.state,
    asOf: milliseconds(row.as_of),
    knownFrom: milliseconds(row.known_from),
    isWhole: Boolean(row.is_whole),
    failure: row.failure && since !== undefined ? failureOf(row.failure, since) : undefined,
    hints: { lookedAt: milliseconds(row.looked_at), happenedAt: milliseconds(row.happened_at) },
  };
}

function failureOf(text: string, since: number): FailureBody {
  const { code, message, correlationId } = JSON.parse(text);
  return failureBody(harnessFailure(code, message, { correlationId }), since);
}
