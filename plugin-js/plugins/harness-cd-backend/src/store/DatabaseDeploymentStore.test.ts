import { mockServices, type TestDatabaseId, TestDatabases } from '@backstage/backend-test-utils';
import type { Deployment } from 'backstage-plugin-harness-cd-common';
import { DatabaseDeploymentStore, migrationsDirectory } from './DatabaseDeploymentStore';

// PostgreSQL where a server is given; without one Backstage would ask for Docker.
const ids: TestDatabaseId[] = process.env.BACKSTAGE_TEST_DATABASE_POSTGRES15_CONNECTION_STRING
  ? ['SQLITE_3', 'POSTGRES_15']
  : ['SQLITE_3'];
const databases = TestDatabases.create({ ids });

const pipeline = 'payment_service_cd';

function deployment(id: string, fields: Partial<Deployment> = {}): Deployment {
  return {
    id,
    executionId: id,
    pipeline,
    stage: 'deploy',
    status: 'Success',
    phase: 'succeeded',
    environment: 'int_stable',
    isRollback: false,
    ...fields,
  };
}

describe.each(databases.eachSupportedId())('DatabaseDeploymentStore on %s', databaseId => {
  async function createStore() {
    const knex = await databases.init(databaseId);
    return DatabaseDeploymentStore.create(mockServices.database({ knex }));
  }

  const everything = { pipeline, statuses: [], page: 0, pageSize: 10 };

  it('lists newest first, what has not begun before all', async () => {
    const store = await createStore();
    const [old, recent, planned] = [
      deployment('old', { startedAt: 1_000 }),
      deployment('recent', { startedAt: 1_790_000_000_000 }),
      deployment('planned', { phase: 'queued', status: 'NotStarted' }),
    ];
    await store.recordSuccess(pipeline, [old, planned, recent], 1);
    expect(await store.list(everything)).toEqual({ deployments: [planned, recent, old], totalExecutions: 3 });
    expect(await store.list({ ...everything, page: 1, pageSize: 1 })).toEqual({
      deployments: [recent],
      totalExecutions: 3,
    });
  });

  it('keeps the stages of an execution together', async () => {
    const store = await createStore();
    const [first, second] = ['first', 'second'].map((stage, index) =>
      deployment(`run/${stage}`, { executionId: 'run', stage, startedAt: 10 + index }),
    );
    const between = deployment('between', { startedAt: 10 });
    await store.recordSuccess(pipeline, [between, second, first], 1);
    expect(await store.list({ ...everything, pageSize: 1 })).toEqual({
      deployments: [first, second],
      totalExecutions: 2,
    });
  });

  it('filters by environment and status', async () => {
    const store = await createStore();
    const failed = deployment('failed', { status: 'Failed', phase: 'failed', environment: 'prod' });
    await store.recordSuccess(pipeline, [deployment('good'), failed], 1);
    const list = async (query: object) => (await store.list({ ...everything, ...query })).deployments;
    expect(await list({ environment: 'prod' })).toEqual([failed]);
    expect(await list({ statuses: ['Failed', 'Aborted'] })).toEqual([failed]);
    expect(await list({ environment: 'int_stable', statuses: ['Failed'] })).toEqual([]);
  });

  it('replaces a deployment that went on, and keeps pipelines apart', async () => {
    const store = await createStore();
    await store.recordSuccess(pipeline, [deployment('one', { status: 'Running', phase: 'active' })], 1);
    await store.recordSuccess(pipeline, [deployment('one')], 2);
    await store.recordSuccess('other_cd', [deployment('one', { pipeline: 'other_cd' })], 3);
    expect(await store.list(everything)).toEqual({ deployments: [deployment('one')], totalExecutions: 1 });
  });

  it('remembers since when Harness fails, and since when it does not', async () => {
    const store = await createStore();
    expect(await store.recordFailure(pipeline, 5)).toEqual({ succeededAt: undefined, failingSince: 5 });
    await store.recordSuccess(pipeline, [], 1_790_000_000_000);
    expect(await store.recordFailure(pipeline, 10)).toEqual({ succeededAt: 1_790_000_000_000, failingSince: 10 });
    expect(await store.recordFailure(pipeline, 11)).toEqual({ succeededAt: 1_790_000_000_000, failingSince: 10 });
  });

  it('migrates up and down', async () => {
    const knex = await databases.init(databaseId);
    await knex.migrate.latest({ directory: migrationsDirectory });
    expect(await knex.schema.hasTable('harness_cd_deployments')).toBe(true);
    await knex.migrate.rollback({ directory: migrationsDirectory }, true);
    expect(await knex.schema.hasTable('harness_cd_deployments')).toBe(false);
    expect(await knex.schema.hasTable('harness_cd_pipeline_syncs')).toBe(false);
  });
});
