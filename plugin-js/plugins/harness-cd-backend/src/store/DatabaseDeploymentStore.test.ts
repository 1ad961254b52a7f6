import { mockServices, type TestDatabaseId, TestDatabases } from '@backstage/backend-test-utils';
import type { Deployment, PipelineRef } from 'backstage-plugin-harness-cd-common';
import type { Knex } from 'knex';
import { DatabaseDeploymentStore } from './DatabaseDeploymentStore';
import { migrationsDirectory, openDatabase } from './migrations';

// PostgreSQL where a server is given; without one Backstage would ask for Docker.
const ids: TestDatabaseId[] = process.env.BACKSTAGE_TEST_DATABASE_POSTGRES15_CONNECTION_STRING
  ? ['SQLITE_3', 'POSTGRES_15']
  : ['SQLITE_3'];
const databases = TestDatabases.create({ ids });

const pipeline: PipelineRef = { account: 'acme', org: 'default', project: 'platform', pipeline: 'payment_service_cd' };

function deployment(id: string, fields: Partial<Deployment> = {}): Deployment {
  return {
    id,
    executionId: id,
    pipeline: pipeline.pipeline,
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
    return new DatabaseDeploymentStore(await openDatabase(mockServices.database({ knex })));
  }

  const everything = { pipeline, statuses: [], services: [], page: 0, pageSize: 10 };

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

  it('knows of a pipeline of several services what is of one, and what of its runs has no service yet', async () => {
    const store = await createStore();
    const rows = [
      deployment('own/1', { executionId: 'own', service: 'shop', startedAt: 1 }),
      deployment('own/2', { executionId: 'own', startedAt: 2 }),
      deployment('both/1', { executionId: 'both', service: 'ledger', startedAt: 3 }),
      deployment('both/2', { executionId: 'both', service: 'shop', startedAt: 4 }),
      deployment('other', { service: 'ledger', startedAt: 5 }),
      deployment('unknown', { startedAt: 6 }),
    ];
    await store.recordSuccess(pipeline, rows, 1);
    const { deployments, totalExecutions } = await store.list({ ...everything, services: ['shop', 'cart'] });
    expect(deployments.map(({ id }) => id)).toEqual(['both/2', 'own/1', 'own/2']);
    expect(totalExecutions).toBe(2);
  });

  it('replaces a deployment that went on', async () => {
    const store = await createStore();
    await store.recordSuccess(pipeline, [deployment('one', { status: 'Running', phase: 'active' })], 1);
    await store.recordSuccess(pipeline, [deployment('one')], 2);
    expect(await store.list(everything)).toEqual({ deployments: [deployment('one')], totalExecutions: 1 });
  });

  it('has no row of an execution that it no longer has', async () => {
    const store = await createStore();
    const [whole, first, second] = ['run/', 'run/first', 'run/second'].map(id =>
      deployment(id, { executionId: 'run' }),
    );
    await store.recordSuccess(pipeline, [whole, deployment('other')], 1);
    await store.recordSuccess(pipeline, [first, second, second], 2);
    const kept = (await store.list(everything)).deployments.map(({ id }) => id);
    expect(kept.sort()).toEqual(['other', 'run/first', 'run/second']);
  });

  it.each([{ pipeline: 'other_cd' }, { project: 'storefront' }, { org: 'other' }, { account: 'other' }])(
    'keeps the pipeline apart from the one of %p',
    async about => {
      const store = await createStore();
      const other: PipelineRef = { ...pipeline, ...about };
      await store.recordSuccess(pipeline, [deployment('one')], 1);
      expect(await store.recordFailure(pipeline, 2)).toEqual({ succeededAt: 1, failingSince: 2 });
      await store.recordSuccess(other, [deployment('one', { status: 'Failed', phase: 'failed' })], 3);

      expect((await store.list(everything)).deployments).toEqual([deployment('one')]);
      expect((await store.list({ ...everything, pipeline: other })).deployments).toMatchObject([{ status: 'Failed' }]);
      expect(await store.recordFailure(pipeline, 4)).toEqual({ succeededAt: 1, failingSince: 2 });
      expect(await store.recordFailure(other, 5)).toEqual({ succeededAt: 3, failingSince: 5 });
    },
  );

  it('remembers since when Harness fails, and since when it does not', async () => {
    const store = await createStore();
    expect(await store.recordFailure(pipeline, 5)).toEqual({ succeededAt: undefined, failingSince: 5 });
    await store.recordSuccess(pipeline, [], 1_790_000_000_000);
    expect(await store.recordFailure(pipeline, 10)).toEqual({ succeededAt: 1_790_000_000_000, failingSince: 10 });
    expect(await store.recordFailure(pipeline, 11)).toEqual({ succeededAt: 1_790_000_000_000, failingSince: 10 });
  });

  it('knows one beginning of what goes for a whole account, and its end', async () => {
    const store = await createStore();
    const ofAccount = { ofAccount: true };
    const second = { ...pipeline, pipeline: 'second' };
    const elsewhere = { ...pipeline, account: 'elsewhere' };
    await store.recordSuccess(pipeline, [], 1);
    expect((await store.recordFailure(pipeline, 5, ofAccount)).failingSince).toBe(5);
    expect((await store.recordFailure(elsewhere, 6, ofAccount)).failingSince).toBe(6);
    expect((await store.recordFailure(second, 7, ofAccount)).failingSince).toBe(5);
    await store.recordSuccess(second, [], 1_790_000_000_000);
    expect((await store.recordFailure(pipeline, 1_790_000_000_009, ofAccount)).failingSince).toBe(1_790_000_000_009);
    expect((await store.recordFailure(elsewhere, 1_790_000_000_010, ofAccount)).failingSince).toBe(6);
  });

  it('forgets what was read long ago', async () => {
    const store = await createStore();
    await store.recordSuccess(pipeline, [deployment('old')], 1);
    await store.recordSuccess(pipeline, [deployment('recent')], 1_790_000_000_000);
    await store.prune(1_790_000_000_000);
    expect((await store.list(everything)).deployments).toEqual([deployment('recent')]);
  });

  describe('migrates', () => {
    const migration = (name: string) => ({ directory: migrationsDirectory, name });
    const columns = async (knex: Knex, table: string) => Object.keys(await knex(table).columnInfo()).sort();

    /** The landed schema, with a row in each table. */
    async function createLanded() {
      const knex = await databases.init(databaseId);
      await knex.migrate.up(migration('20261123000000_deployments.js'));
      const row = { pipeline: 'a_cd', id: 'e/s', execution_id: 'e', status: 'Success', fetched_at: 1, payload: '{}' };
      await knex('harness_cd_deployments').insert(row);
      await knex('harness_cd_pipeline_syncs').insert({ pipeline: 'a_cd', succeeded_at: 1 });
      return { knex, row };
    }

    it('from pipelines without a project, whose rows are of none', async () => {
      const { knex } = await createLanded();
      const store = new DatabaseDeploymentStore(await openDatabase(mockServices.database({ knex })));
      for (const table of ['harness_cd_deployments', 'harness_cd_pipeline_syncs']) {
        expect(await knex(table)).toEqual([]);
      }
      await store.recordSuccess(pipeline, [deployment('one')], 1);
      expect((await store.list(everything)).totalExecutions).toBe(1);
    });

    it('back to them, also where two projects have the same pipeline', async () => {
      const { knex, row } = await createLanded();
      const before = await columns(knex, 'harness_cd_deployments');
      const store = new DatabaseDeploymentStore(await openDatabase(mockServices.database({ knex })));
      for (const project of ['platform', 'storefront']) {
        await store.recordSuccess({ ...pipeline, project }, [deployment('one')], 1);
      }
      await knex.migrate.down(migration('20261127000000_pipeline_ref.js'));

      expect(await columns(knex, 'harness_cd_deployments')).toEqual(before);
      expect(await knex('harness_cd_pipeline_syncs')).toEqual([]);
      await knex('harness_cd_deployments').insert(row);
      await expect(knex('harness_cd_deployments').insert(row)).rejects.toThrow(/unique/i);
    });

    it('down to nothing', async () => {
      const { knex } = await createLanded();
      await knex.migrate.latest({ directory: migrationsDirectory });
      await knex.migrate.rollback({ directory: migrationsDirectory }, true);
      for (const table of ['harness_cd_deployments', 'harness_cd_pipeline_syncs', 'harness_cd_starts']) {
        expect(await knex.schema.hasTable(table)).toBe(false);
      }
    });
  });
});
