import type { Knex } from 'knex';
import type { Deployment, PipelineRef } from 'backstage-plugin-harness-cd-common';
import { DEPLOYMENTS, EXECUTIONS, keyOf, PIPELINE, PIPELINES, SCOPE } from './columns';
import { hasWords } from './sought';
import type { DeploymentStore, StoredDeploymentsQuery } from './DeploymentStore';

/** Executions that are forgotten at a time, so that nobody waits for long. */
const FORGOTTEN = 200;

/** {@link DeploymentStore} in SQLite or PostgreSQL. */
export class DatabaseDeploymentStore implements DeploymentStore {
  constructor(private readonly knex: Knex) {}

  async list(query: StoredDeploymentsQuery): Promise<{ deployments: Deployment[]; totalExecutions: number }> {
    const { page, pageSize } = query;
    const wanted = this.#wanted(query);
    const executions: string[] = await wanted
      .clone()
      .orderBy([
        { column: 'sorted_at', order: 'desc' },
        { column: 'id', order: 'desc' },
      ])
      .offset(page * pageSize)
      .limit(pageSize)
      .pluck('id');
    const rows: { execution_id: string; payload: string }[] = await this.#rows(query)
      .whereIn('execution_id', executions)
      .orderBy('position')
      .select('execution_id', 'payload');
    const [{ total }] = await wanted.clone().count({ total: '*' });

    const inOrder = executions.flatMap(id => rows.filter(row => row.execution_id === id));
    return { deployments: inOrder.map(row => JSON.parse(row.payload)), totalExecutions: Number(total) };
  }

  async listPayloads(
    query: Pick<StoredDeploymentsQuery, 'pipeline' | 'services'>,
  ): Promise<{ executionId: string; payload: string }[]> {
    const gone = this.knex(EXECUTIONS).where(keyOf(query.pipeline)).whereNotNull('missing_since').select('id');
    return this.#rows({ statuses: [], ...query })
      .whereNotIn('execution_id', gone)
      .select({ executionId: 'execution_id', payload: 'payload' });
  }

  async revisionOf(pipeline: PipelineRef): Promise<number> {
    const row = await this.knex(PIPELINES).where(keyOf(pipeline)).first('revision');
    return Number(row?.revision ?? 0);
  }

  async has(pipeline: PipelineRef): Promise<boolean> {
    // Each execution has one.
    return (await this.knex(DEPLOYMENTS).where(keyOf(pipeline)).first('id')) !== undefined;
  }

  async prune(before: number): Promise<void> {
    for (;;) {
      const old: (PipelineRef & { id: string })[] = await this.knex(EXECUTIONS)
        .where('sorted_at', '<', before)
        .limit(FORGOTTEN)
        .select(...PIPELINE, 'id');
      if (old.length === 0) break;
      await this.knex.transaction(async transaction => {
        const keys = old.map(({ account, org, project, id }) => [account, org, project, id]);
        await transaction(DEPLOYMENTS)
          .whereIn([...SCOPE, 'execution_id'], keys)
          .delete();
        await transaction(EXECUTIONS)
          .whereIn([...SCOPE, 'id'], keys)
          .delete();
        const pipelines = old.map(({ account, org, project, pipeline }) => [account, org, project, pipeline]);
        await transaction(PIPELINES)
          .whereIn([...PIPELINE], pipelines)
          .increment('revision', 1);
      });
    }
    await this.knex(PIPELINES).whereNotExists(this.#deploymentsOf(PIPELINES)).delete();
  }

  /** The deployments of the pipeline that a row of a table is of. */
  #deploymentsOf(table: string): Knex.QueryBuilder {
    return this.knex(DEPLOYMENTS).where(of => {
      for (const column of PIPELINE) of.where(`${DEPLOYMENTS}.${column}`, this.knex.ref(`${table}.${column}`));
    });
  }

  /** The executions that have a row of those that are asked for. */
  #wanted(query: StoredDeploymentsQuery): Knex.QueryBuilder {
    const all = this.knex(EXECUTIONS).where(keyOf(query.pipeline)).whereNull('missing_since');
    const { environment, region, text, statuses, services } = query;
    // Each has a row, and most pages are of all.
    if (!environment && !region && !text && statuses.length + services.length === 0) return all;
    return all.whereIn('id', this.#rows(query).select('execution_id'));
  }

  #rows(query: Omit<StoredDeploymentsQuery, 'page' | 'pageSize'>): Knex.QueryBuilder {
    const { pipeline, environment, region, text, statuses, services } = query;
    return this.knex(DEPLOYMENTS)
      .where(keyOf(pipeline))
      .modify(builder => {
        if (environment) builder.where({ environment });
        if (region) builder.where({ region });
        if (text) builder.where(hasWords(this.knex, text));
        if (statuses.length > 0) builder.whereIn('status', statuses);
        if (services.length > 0) builder.where(this.#isOf(pipeline, services));
      });
  }

  /** Whether a row is of a service; one that has none yet is, where another of its execution is. */
  #isOf(pipeline: PipelineRef, services: string[]): (row: Knex.QueryBuilder) => void {
    const own = this.knex(DEPLOYMENTS).where(keyOf(pipeline)).whereIn('service', services).select('execution_id');
    return row =>
      void row
        .whereIn('service', services)
        .orWhere(unknown => void unknown.whereNull('service').whereIn('execution_id', own));
  }
}
