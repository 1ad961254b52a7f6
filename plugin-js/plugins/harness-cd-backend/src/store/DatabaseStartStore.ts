import type { Knex } from 'knex';
import type { PipelineRef } from 'backstage-plugin-harness-cd-common';
import { DEPLOYMENTS, keyOf, milliseconds, PIPELINE, scopeOf, STARTS } from './columns';
import type { Start, StartStore } from './StartStore';

const UNDER_WAY: Start['state'][] = ['checking', 'starting', 'searching'];
const ENDED: Start['state'][] = ['rejected', 'notStarted', 'unknown'];

/** {@link StartStore} in SQLite or PostgreSQL. */
export class DatabaseStartStore implements StartStore {
  constructor(private readonly knex: Knex) {}

  async insert(start: Start): Promise<boolean> {
    await this.knex(STARTS).insert(rowOf(start)).onConflict(['entity_ref', 'key']).ignore();
    // What the drivers say of an insert that was ignored differs; the owner does not.
    return (await this.get(start.entityRef, start.key))?.owner === start.owner;
  }

  async get(entityRef: string, key: string): Promise<Start | undefined> {
    const row = await this.knex(STARTS).where({ entity_ref: entityRef, key }).first();
    return row && startOf(row);
  }

  async change(start: Start, changes: Partial<Start>, options: { lapsedAt?: number } = {}): Promise<Start | undefined> {
    const { entityRef, key, owner, state } = start;
    const { lapsedAt } = options;
    const changed = { ...start, ...changes };
    const count = await this.knex(STARTS)
      .where({ entity_ref: entityRef, key, owner, state })
      .modify(builder => {
        if (lapsedAt !== undefined) builder.where('lease_until', '<', lapsedAt);
      })
      .update(rowOf(changed));
    return count === 1 ? changed : undefined;
  }

  async renew(owner: string, leaseUntil: number): Promise<void> {
    await this.knex(STARTS).where({ owner }).whereIn('state', UNDER_WAY).update({ lease_until: leaseUntil });
  }

  async listLapsed(at: number): Promise<Start[]> {
    return this.#list(this.knex(STARTS).whereIn('state', UNDER_WAY).where('lease_until', '<', at));
  }

  async listUnknown(at: number): Promise<Start[]> {
    return this.#list(this.knex(STARTS).where({ state: 'unknown' }).where('lease_until', '<', at));
  }

  async listExecutions(pipeline: PipelineRef, sentAfter: number): Promise<string[]> {
    return this.knex(STARTS)
      .where({ ...keyOf(pipeline), state: 'started' })
      .where('sent_at', '>', sentAfter)
      .pluck('execution_id');
  }

  async listUnlisted(pipeline: PipelineRef, sentAfter: number): Promise<Start[]> {
    const started = this.knex(STARTS).where({ ...keyOf(pipeline), state: 'started' });
    // The deployments that were read from Harness are kept: what is among them is listed, whatever page it is on.
    const listed = this.knex(DEPLOYMENTS)
      .where(scopeOf(pipeline))
      .where('execution_id', this.knex.ref(`${STARTS}.execution_id`));
    return this.#list(started.where('sent_at', '>', sentAfter).whereNotExists(listed));
  }

  async startersOf(
    pipeline: PipelineRef,
    executionIds?: string[],
  ): Promise<Map<string, Pick<Start, 'startedBy' | 'asked'>>> {
    const rows: { execution_id: string; started_by: string; asked: string }[] = await this.knex(STARTS)
      .where(keyOf(pipeline))
      .whereNotNull('execution_id')
      .modify(builder => {
        if (executionIds) builder.whereIn('execution_id', executionIds);
      })
      .select('execution_id', 'started_by', 'asked');
    return new Map(
      rows.map(row => [row.execution_id, { startedBy: row.started_by, asked: JSON.parse(row.asked) }] as const),
    );
  }

  async listStarters(
    executionIds: string[],
  ): Promise<(Pick<Start, 'startedBy' | 'asked' | 'pipeline'> & { executionId: string })[]> {
    const rows = await this.knex(STARTS)
      .whereIn('execution_id', executionIds)
      .select(...PIPELINE, 'execution_id', 'started_by', 'asked');
    return rows.map(row => ({
      pipeline: keyOf(row),
      executionId: row.execution_id,
      startedBy: row.started_by,
      asked: JSON.parse(row.asked),
    }));
  }

  async prune({ started, others }: { started: number; others: number }): Promise<void> {
    await this.knex(STARTS).where({ state: 'started' }).where('updated_at', '<', started).delete();
    await this.knex(STARTS).whereIn('state', ENDED).where('updated_at', '<', others).delete();
  }

  async #list(query: Knex.QueryBuilder): Promise<Start[]> {
    const rows: Row[] = await query.orderBy('sent_at', 'desc').select('*');
    return rows.map(startOf);
  }
}

type Row = ReturnType<typeof rowOf>;

function rowOf(start: Start) {
  const { outcome, pipeline } = start;
  return {
    entity_ref: start.entityRef,
    key: start.key,
    ...keyOf(pipeline),
    branch: pipeline.branch ?? null,
    started_by: start.startedBy,
    digest: start.digest,
    asked: JSON.stringify(start.asked),
    nonce: start.nonce,
    state: start.state,
    outcome: outcome ? JSON.stringify(outcome) : null,
    execution_id: outcome?.kind === 'started' ? outcome.executionId : null,
    created_at: start.createdAt,
    updated_at: start.updatedAt,
    sent_at: start.sentAt ?? null,
    owner: start.owner,
    lease_until: start.leaseUntil,
  };
}

function startOf(row: Row): Start {
  return {
    entityRef: row.entity_ref,
    key: row.key,
    pipeline: { ...keyOf(row), ...(row.branch ? { branch: row.branch } : {}) },
    startedBy: row.started_by,
    digest: row.digest,
    asked: JSON.parse(row.asked),
    nonce: row.nonce,
    state: row.state,
    outcome: row.outcome ? JSON.parse(row.outcome) : undefined,
    createdAt: Number(row.created_at),
    updatedAt: Number(row.updated_at),
    sentAt: milliseconds(row.sent_at),
    owner: row.owner,
    leaseUntil: Number(row.lease_until),
  };
}
