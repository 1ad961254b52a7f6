import type { Knex } from 'knex';
import type { Deployment, PipelineRef } from 'backstage-plugin-harness-cd-common';
import { DEPLOYMENTS, keyOf, milliseconds, PIPELINE } from './columns';
import type { DeploymentStore, PipelineSync, StoredDeploymentsQuery } from './DeploymentStore';

const SYNCS = 'harness_cd_pipeline_syncs';

/** {@link DeploymentStore} in SQLite or PostgreSQL. */
export class DatabaseDeploymentStore implements DeploymentStore {
  constructor(private readonly knex: Knex) {}

  async recordSuccess(pipeline: PipelineRef, deployments: Deployment[], at: number): Promise<void> {
    const key = keyOf(pipeline);
    const rows = uniqueById(deployments).map(deployment => ({
      ...key,
      id: deployment.id,
      execution_id: deployment.executionId,
      environment: deployment.environment ?? null,
      service: deployment.service ?? null,
      status: deployment.status,
      started_at: deployment.startedAt ?? null,
      fetched_at: at,
      payload: JSON.stringify(deployment),
    }));
    const executions = [...new Set(rows.map(row => row.execution_id))];
    await this.knex.transaction(async transaction => {
      // A run that was one row has others once its stages have begun.
      await transaction(DEPLOYMENTS).where(key).whereIn('execution_id', executions).delete();
      if (rows.length > 0)
        await transaction(DEPLOYMENTS)
          .insert(rows)
          .onConflict([...PIPELINE, 'id'])
          .merge();
      await transaction(SYNCS)
        .insert({ ...key, succeeded_at: at, failing_since: null })
        .onConflict([...PIPELINE])
        .merge();
    });
  }

  async recordFailure(pipeline: PipelineRef, at: number, options = { ofAccount: false }): Promise<PipelineSync> {
    const key = keyOf(pipeline);
    return this.knex.transaction(async transaction => {
      await transaction(SYNCS)
        .insert(key)
        .onConflict([...PIPELINE])
        .ignore();
      if (options.ofAccount) {
        const since = await beginOfOutage(transaction, pipeline.account);
        await transaction(SYNCS)
          .where(key)
          .update({ failing_since: since ?? at });
      }
      await transaction(SYNCS).where(key).whereNull('failing_since').update({ failing_since: at });
      const row = await transaction(SYNCS).where(key).first();
      return { succeededAt: milliseconds(row.succeeded_at), failingSince: milliseconds(row.failing_since) };
    });
  }

  async list(query: StoredDeploymentsQuery): Promise<{ deployments: Deployment[]; totalExecutions: number }> {
    const { page, pageSize } = query;
    const wanted = this.#wanted(query);
    const executions: string[] = await wanted
      .clone()
      .groupBy('execution_id')
      // One that has not begun is newer than any that has; the databases disagree on where null sorts.
      .orderByRaw('CASE WHEN MAX(started_at) IS NULL THEN 0 ELSE 1 END, MAX(started_at) DESC, execution_id DESC')
      .offset(page * pageSize)
      .limit(pageSize)
      .pluck('execution_id');
    const rows: { execution_id: string; payload: string }[] = await wanted
      .clone()
      .whereIn('execution_id', executions)
      .orderByRaw('CASE WHEN started_at IS NULL THEN 1 ELSE 0 END, started_at, id')
      .select('execution_id', 'payload');
    const [{ total }] = await wanted.clone().countDistinct({ total: 'execution_id' });

    const inOrder = executions.flatMap(id => rows.filter(row => row.execution_id === id));
    return { deployments: inOrder.map(row => JSON.parse(row.payload)), totalExecutions: Number(total) };
  }

  async prune(before: number): Promise<void> {
    await this.knex(DEPLOYMENTS).where('fetched_at', '<', before).delete();
  }

  #wanted({ pipeline, environment, statuses, services }: StoredDeploymentsQuery): Knex.QueryBuilder {
    return this.knex(DEPLOYMENTS)
      .where(keyOf(pipeline))
      .modify(builder => {
        if (environment) builder.where({ environment });
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

/** When the first pipeline of an account failed after the last answer to any of them. */
async function beginOfOutage(knex: Knex, account: string): Promise<number | undefined> {
  const ofAccount = () => knex(SYNCS).where({ account });
  const [{ answered }] = await ofAccount().max({ answered: 'succeeded_at' });
  const [{ since }] = await ofAccount()
    .where('failing_since', '>', answered ?? 0)
    .min({ since: 'failing_since' });
  return milliseconds(since);
}

/** Each deployment once: one statement must not write a row twice. */
function uniqueById(deployments: Deployment[]): Deployment[] {
  return [...new Map(deployments.map(deployment => [deployment.id, deployment])).values()];
}
