import { mockServices, type TestDatabaseId, TestDatabases } from '@backstage/backend-test-utils';
import type { Deployment, PipelineRef, SyncedRun } from 'backstage-plugin-harness-cd-common';
import type { Knex } from 'knex';
import { looksOf } from '../__testUtils__/looksOf';
import { record, run } from '../__testUtils__/record';
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
    const knex = await openDatabase(mockServices.database({ knex: await databases.init(databaseId) }));
    const store = new DatabaseDeploymentStore(knex);
    return { knex, store, read: (runs: SyncedRun[]) => record(knex, pipeline, { runs }) };
  }

  const everything = { pipeline, statuses: [], services: [], page: 0, pageSize: 10 };

  it('lists newest first, what has not begun before all', async () => {
    const { store, read } = await createStore();
    const [old, recent, planned] = [
      deployment('old', { startedAt: 1_000 }),
      deployment('recent', { startedAt: 1_790_000_000_000 }),
      deployment('planned', { phase: 'queued', status: 'NotStarted' }),
    ];
    await read([run([old]), run([planned]), run([recent])]);
    expect(await store.list(everything)).toEqual({ deployments: [planned, recent, old], totalExecutions: 3 });
    expect(await store.list({ ...everything, page: 1, pageSize: 1 })).toEqual({
      deployments: [recent],
      totalExecutions: 3,
    });
  });

  it('looks at the rows of one pipeline alone, however many its project has', async () => {
    const { knex, store, read } = await createStore();
    if (knex.client.config.client === 'pg') return; // It chooses by how many rows there are.
    await read([run([deployment('one')])]);
    const looks = await looksOf(knex, async () => {
      await store.list({ ...everything, services: ['payment'] });
      await store.list(everything);
      await store.listPayloads(everything);
      await store.has(pipeline);
    });
    expect(looks.length).toBeGreaterThanOrEqual(6);
    expect(looks.filter(look => !/pipeline=\?|id=\?/.test(look))).toEqual([]);
  });

  it('keeps the stages of an execution together, in their order', async () => {
    const { store, read } = await createStore();
    const [first, second] = ['b-first', 'a-second'].map((stage, index) =>
      deployment(`run/${stage}`, { executionId: 'run', stage, startedAt: 10 + index }),
    );
    const before = deployment('before', { startedAt: 9 });
    await read([run([before]), run([first, second])]);
    expect(await store.list({ ...everything, pageSize: 1 })).toEqual({
      deployments: [first, second],
      totalExecutions: 2,
    });
  });

  it('filters by environment and status', async () => {
    const { store, read } = await createStore();
    const failed = deployment('failed', { status: 'Failed', phase: 'failed', environment: 'prod' });
    await read([run([deployment('good')]), run([failed])]);
    const list = async (query: object) => (await store.list({ ...everything, ...query })).deployments;
    expect(await list({ environment: 'prod' })).toEqual([failed]);
    expect(await list({ statuses: ['Failed', 'Aborted'] })).toEqual([failed]);
    expect(await list({ environment: 'int_stable', statuses: ['Failed'] })).toEqual([]);
  });

  it('knows of a pipeline of several services what is of one, and what of its runs has no service yet', async () => {
    const { store, read } = await createStore();
    const own = [
      deployment('own/1', { executionId: 'own', service: 'shop', startedAt: 1 }),
      deployment('own/2', { executionId: 'own', startedAt: 2 }),
    ];
    const both = [
      deployment('both/1', { executionId: 'both', service: 'ledger', startedAt: 3 }),
      deployment('both/2', { executionId: 'both', service: 'shop', startedAt: 4 }),
    ];
    const other = deployment('other', { service: 'ledger', startedAt: 5 });
    await read([run(own), run(both), run([other]), run([deployment('unknown', { startedAt: 6 })])]);
    const { deployments, totalExecutions } = await store.list({ ...everything, services: ['shop', 'cart'] });
    expect(deployments.map(({ id }) => id)).toEqual(['both/2', 'own/1', 'own/2']);
    expect(totalExecutions).toBe(2);
  });

  it('replaces a run that went on, with all that is known of it', async () => {
    const { store, read } = await createStore();
    const [whole, first, second] = ['run/', 'run/first', 'run/second'].map(id =>
      deployment(id, { executionId: 'run' }),
    );
    await read([run([whole]), run([deployment('other')])]);
    await read([run([first, second, second])]);
    const kept = (await store.list(everything)).deployments.map(({ id }) => id);
    expect(kept.sort()).toEqual(['other', 'run/first', 'run/second']);
  });

  it.each([{ pipeline: 'other_cd' }, { project: 'storefront' }, { org: 'other' }, { account: 'other' }])(
    'keeps the pipeline apart from the one of %p',
    async about => {
      const { knex, store, read } = await createStore();
      const other: PipelineRef = { ...pipeline, ...about };
      await read([run([deployment('one')])]);
      expect(await store.has(other)).toBe(false);
      const failed = deployment('two', { status: 'Failed', phase: 'failed', pipeline: other.pipeline });
      await record(knex, other, { runs: [run([failed])] });
      expect((await store.list(everything)).deployments).toEqual([deployment('one')]);
      expect((await store.list({ ...everything, pipeline: other })).deployments).toEqual([failed]);
    },
  );

  it('forgets what began long ago, however much that is', async () => {
    const { knex, store, read } = await createStore();
    const old = Array.from({ length: 450 }, (_, index) => run([deployment(`old-${index}`, { startedAt: index })]));
    await read([...old, run([deployment('recent', { startedAt: 1_000 })]), run([deployment('planned')])]);
    await store.prune(1_000);
    expect((await store.list(everything)).deployments.map(({ id }) => id)).toEqual(['planned', 'recent']);
    expect(await knex('harness_cd_deployments').count({ left: '*' })).toMatchObject([{ left: expect.anything() }]);
    expect(await knex('harness_cd_deployments').pluck('execution_id')).toHaveLength(2);
  });

  describe('migrates', () => {
    const migration = (name: string) => ({ directory: migrationsDirectory, name });
    const columns = async (knex: Knex, table: string) => Object.keys(await knex(table).columnInfo()).sort();
    const PAGES = ['harness_cd_deployments', 'harness_cd_pipeline_syncs'];

    /** The landed schema, with a row in each table. */
    async function createLanded() {
      const knex = await databases.init(databaseId);
      await knex.migrate.up(migration('20261123000000_deployments.js'));
      const row = { pipeline: 'a_cd', id: 'e/s', execution_id: 'e', status: 'Success', fetched_at: 1, payload: '{}' };
      await knex('harness_cd_deployments').insert(row);
      await knex('harness_cd_pipeline_syncs').insert({ pipeline: 'a_cd', succeeded_at: 1 });
      return { knex, row };
    }

    it('from what page views had left behind, which is of no project', async () => {
      const { knex } = await createLanded();
      await openDatabase(mockServices.database({ knex }));
      expect(await knex('harness_cd_deployments')).toEqual([]);
      await record(knex, pipeline, { runs: [run([deployment('one')])] });
      expect(await new DatabaseDeploymentStore(knex).has(pipeline)).toBe(true);
    });

    it('back to it, and forth again', async () => {
      const knex = await databases.init(databaseId);
      const last = ['20261201000000_record.js', '20261203000000_fleet.js', '20261206000000_inputs.js'];
      const forth = async () => {
        for (const name of last) await knex.migrate.up(migration(name));
      };
      for (const name of ['20261123000000_deployments.js', '20261127000000_pipeline_ref.js']) {
        await knex.migrate.up(migration(name));
      }
      await knex.migrate.up(migration('20261128000000_starts.js'));
      await knex.migrate.up(migration('20261129000000_service.js'));
      const before = await Promise.all(PAGES.map(table => columns(knex, table)));
      await forth();
      await record(knex, pipeline, { runs: [run([deployment('one')])] });
      for (const name of [...last].reverse()) await knex.migrate.down(migration(name));
      expect(await Promise.all(PAGES.map(table => columns(knex, table)))).toEqual(before);
      expect(await knex.schema.hasTable('harness_cd_executions')).toBe(false);
      await forth();
      expect(await new DatabaseDeploymentStore(knex).has(pipeline)).toBe(false);
    });

    it('back to pipelines without a project', async () => {
      const { knex, row } = await createLanded();
      const before = await columns(knex, 'harness_cd_deployments');
      await openDatabase(mockServices.database({ knex }));
      await knex.migrate.down(migration('20261201000000_record.js'));
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
      const tables = [
        ...PAGES,
        'harness_cd_starts',
        'harness_cd_executions',
        'harness_cd_pipelines',
        'harness_cd_syncs',
        'harness_cd_quarantine',
      ];
      for (const table of tables) expect(await knex.schema.hasTable(table)).toBe(false);
    });
  });
});
