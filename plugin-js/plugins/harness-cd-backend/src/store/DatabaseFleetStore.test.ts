import { mockServices, type TestDatabaseId, TestDatabases } from '@backstage/backend-test-utils';
import type { Deployment, PipelineRef } from 'backstage-plugin-harness-cd-common';
import type { Knex } from 'knex';
import { record, run } from '../__testUtils__/record';
import { DatabaseDeploymentStore } from './DatabaseDeploymentStore';
import { DatabaseFleetStore } from './DatabaseFleetStore';
import type { FleetQuery, SeenPipeline } from './FleetStore';
import { openDatabase } from './migrations';
import { laneOfProject } from './SyncStore';

// PostgreSQL where a server is given; without one Backstage would ask for Docker.
const ids: TestDatabaseId[] = process.env.BACKSTAGE_TEST_DATABASE_POSTGRES15_CONNECTION_STRING
  ? ['SQLITE_3', 'POSTGRES_15']
  : ['SQLITE_3'];
const databases = TestDatabases.create({ ids });

const scope = { account: 'acme', org: 'default', project: 'platform' };
const shop: PipelineRef = { ...scope, pipeline: 'shop_cd' };
const search: PipelineRef = { ...scope, pipeline: 'search_cd' };
const both: SeenPipeline[] = [shop, search].map(pipeline => ({ pipeline, services: [] }));

function deployment(id: string, fields: Partial<Deployment> = {}): Deployment {
  return {
    id: `${id}/deploy`,
    executionId: id,
    pipeline: shop.pipeline,
    stage: 'deploy',
    status: 'Success',
    phase: 'succeeded',
    isRollback: false,
    ...fields,
  };
}

describe.each(databases.eachSupportedId())('DatabaseFleetStore on %s', databaseId => {
  let knex: Knex;
  let store: DatabaseFleetStore;

  beforeEach(async () => {
    knex = await openDatabase(mockServices.database({ knex: await databases.init(databaseId) }));
    store = new DatabaseFleetStore(knex);
  });

  const read = (deployments: Deployment[], at = 1) =>
    record(knex, laneOfProject(scope), { runs: deployments.map(row => run([row])) }, { at });

  async function list(query: Partial<FleetQuery>): Promise<string[]> {
    const rows = await store.list({ of: both, groups: [], ...query }, { limit: 100 });
    return rows.map(({ deployment: row }) => row.executionId);
  }

  it('lists newest first, what has not begun before all, each once over all parts', async () => {
    const begins = [5, 3, 3, undefined, 9, 1];
    await read(begins.map((startedAt, index) => deployment(`run-${index}`, { startedAt })));
    const all = await list({});
    expect(all).toEqual(['run-3', 'run-4', 'run-0', 'run-2', 'run-1', 'run-5']);
    const parts: string[] = [];
    for (let after; ;) {
      const rows = await store.list({ of: both, groups: [] }, { after, limit: 2 });
      if (rows.length === 0) break;
      parts.push(...rows.map(({ deployment: row }) => row.executionId));
      after = rows.at(-1);
    }
    expect(parts).toEqual(all);
  });

  it('takes every character of a text as it is', async () => {
    await read([
      deployment('percent', { version: '100%_ok' }),
      deployment('other', { version: '100x-ok' }),
      deployment('slash', { version: 'a\\b' }),
    ]);
    expect(await list({ text: '100%_' })).toEqual(['percent']);
    expect(await list({ text: 'A\\B' })).toEqual(['slash']);
    expect(await list({ text: "';--" })).toEqual([]);
  });

  it('knows the run of a number from those whose number it is a part of', async () => {
    await read([deployment('one', { runNumber: 1 }), deployment('twelve', { runNumber: 12 })]);
    expect(await list({ text: '#1' })).toEqual(['one']);
    expect(await list({ text: '#12' })).toEqual(['twelve']);
  });

  it('shows of a pipeline of several services those that are named, and what of their runs has none yet', async () => {
    await read([
      deployment('shop', { service: 'shop' }),
      deployment('cart', { service: 'cart' }),
      deployment('unknown'),
      deployment('search', { pipeline: search.pipeline, service: 'search' }),
    ]);
    expect((await list({})).sort()).toEqual(['cart', 'search', 'shop', 'unknown']);
    expect(await list({ of: [{ pipeline: shop, services: ['cart'] }] })).toEqual(['cart']);
    expect(await list({ of: [] })).toEqual([]);
  });

  it('does not show what another project has under the same names', async () => {
    await read([deployment('here')]);
    const elsewhere = { ...shop, project: 'other' };
    expect(await list({ of: [{ pipeline: elsewhere, services: [] }] })).toEqual([]);
  });

  it('finds by who started it in the portal', async () => {
    await read([deployment('own'), deployment('other')]);
    await knex('harness_cd_starts').insert({
      ...shop,
      entity_ref: 'component:default/shop',
      key: 'key-of-ana',
      started_by: 'user:default/Ana',
      digest: '',
      asked: '{}',
      nonce: '',
      state: 'started',
      execution_id: 'own',
      created_at: 1,
      updated_at: 1,
      owner: 'o',
      lease_until: 0,
    });
    for (const person of ['ana', 'user:default/ana', 'ANA']) expect(await list({ person })).toEqual(['own']);
    expect(await list({ person: 'an' })).toEqual([]);
    expect(await list({ text: 'default/an' })).toEqual(['own']);
  });

  it('leaves out what Harness has deleted, and what has deployed nothing', async () => {
    await read([deployment('kept'), deployment('build', { wholeRun: true }), deployment('gone', { startedAt: 5 })]);
    await record(knex, laneOfProject(scope), { gone: ['gone'] }, { at: 2 });
    expect(await list({})).toEqual(['kept']);
    expect(await store.count({ of: both, groups: [] })).toEqual(new Map([['succeeded', 1]]));
  });

  /** The pipelines whose matrices are not of now, for this version of the product. */
  const untold = async (version = '1') => (await store.listUntold(version, 10)).map(({ pipeline }) => pipeline).sort();
  const tell = async (version = '1') => {
    for (const { pipeline, revision } of await store.listMatrices([shop, search])) {
      await store.keepMatrix({ pipeline, toldRevision: revision, toldBy: version, places: '{}', matrix: '{}' });
    }
  };

  it('has matrices told anew by another version of the product', async () => {
    await read([deployment('one'), deployment('two', { pipeline: search.pipeline })]);
    await tell('1');
    expect(await untold('1')).toEqual([]);
    expect(await untold('2')).toEqual(['search_cd', 'shop_cd']);
    await tell('2');
    expect(await untold('2')).toEqual([]);
  });

  it('knows which matrices are of now: those of pipelines of which nothing has changed since', async () => {
    const one = deployment('one', { startedAt: 1 });
    await read([one, deployment('two', { pipeline: search.pipeline })]);
    expect(await untold()).toEqual(['search_cd', 'shop_cd']);
    await tell();
    expect(await untold()).toEqual([]);
    await read([one], 2);
    expect(await untold()).toEqual([]);
    await read([{ ...one, status: 'Failed', phase: 'failed' }], 3);
    expect(await untold()).toEqual(['shop_cd']);
    await tell();
    await record(knex, laneOfProject(scope), { gone: ['two'] }, { at: 4 });
    expect(await untold()).toEqual(['search_cd']);
    await tell();
    await record(knex, laneOfProject(scope), { listed: ['two'] }, { at: 5 });
    expect(await untold()).toEqual(['search_cd']);
    await tell();
    await new DatabaseDeploymentStore(knex).prune(2);
    expect((await store.listPipelines()).map(({ pipeline }) => pipeline)).toEqual(['search_cd']);
  });
});
