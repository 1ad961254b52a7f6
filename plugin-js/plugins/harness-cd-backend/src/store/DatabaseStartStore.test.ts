import { mockServices, type TestDatabaseId, TestDatabases } from '@backstage/backend-test-utils';
import type { PipelineRef, StartOutcome } from 'backstage-plugin-harness-cd-common';
import { record, run } from '../__testUtils__/record';
import { DatabaseDeploymentStore } from './DatabaseDeploymentStore';
import { DatabaseStartStore } from './DatabaseStartStore';
import { migrationsDirectory, openDatabase } from './migrations';
import type { Start } from './StartStore';

// PostgreSQL where a server is given; without one Backstage would ask for Docker.
const ids: TestDatabaseId[] = process.env.BACKSTAGE_TEST_DATABASE_POSTGRES15_CONNECTION_STRING
  ? ['SQLITE_3', 'POSTGRES_15']
  : ['SQLITE_3'];
const databases = TestDatabases.create({ ids });

const NOW = 1_790_000_000_000;
const pipeline: PipelineRef = { account: 'acme', org: 'default', project: 'platform', pipeline: 'payment_service_cd' };

function start(fields: Partial<Start> = {}): Start {
  return {
    entityRef: 'component:default/payment-service',
    key: 'key-of-ana',
    pipeline: { ...pipeline, branch: 'main' },
    startedBy: 'user:default/ana',
    digest: 'a'.repeat(64),
    asked: { imageTag: 'v2.3.1' },
    nonce: 'n'.repeat(32),
    state: 'checking',
    outcome: undefined,
    createdAt: NOW,
    updatedAt: NOW,
    sentAt: undefined,
    owner: '00000000-0000-0000-0000-000000000001',
    leaseUntil: NOW + 30_000,
    ...fields,
  };
}

const started = (executionId: string): StartOutcome => ({
  kind: 'started',
  executionId,
  status: 'Running',
  url: `https://h/${executionId}`,
});

describe.each(databases.eachSupportedId())('DatabaseStartStore on %s', databaseId => {
  async function createStores() {
    const knex = await openDatabase(mockServices.database({ knex: await databases.init(databaseId) }));
    return { store: new DatabaseStartStore(knex), knex };
  }

  const keys = (starts: Start[]) => starts.map(({ key }) => key).sort();

  it('keeps a start as it is', async () => {
    const { store } = await createStores();
    const full = start({ state: 'started', outcome: started('e1'), sentAt: NOW + 1 });
    for (const kept of [start(), { ...full, key: 'another-key', pipeline }]) {
      expect(await store.insert(kept)).toBe(true);
      expect(await store.get(kept.entityRef, kept.key)).toEqual(kept);
    }
    expect(await store.get('component:default/other', 'key-of-ana')).toBeUndefined();
  });

  it('keeps one of each key and entity, however many come at once', async () => {
    const { store } = await createStores();
    const owners = Array.from({ length: 10 }, (_, index) => `owner-${index}`);
    const kept = await Promise.all(owners.map(owner => store.insert(start({ owner }))));
    expect(kept.filter(Boolean)).toHaveLength(1);
    expect(await store.insert(start({ entityRef: 'component:default/other' }))).toBe(true);
  });

  it('lets one of many change it', async () => {
    const { store } = await createStores();
    await store.insert(start());
    const changes = await Promise.all(
      Array.from({ length: 10 }, () => store.change(start(), { state: 'starting', sentAt: NOW })),
    );
    expect(changes.filter(Boolean)).toEqual([start({ state: 'starting', sentAt: NOW })]);
  });

  it.each<[string, Partial<Start>]>([
    ['the owner', { owner: 'somebody-else' }],
    ['the state', { state: 'searching' }],
    ['the key', { key: 'another-key' }],
  ])('does not change it where %s is another one', async (_, other) => {
    const { store } = await createStores();
    await store.insert(start());
    expect(await store.change(start(other), { sentAt: NOW })).toBeUndefined();
    expect(await store.get(start().entityRef, start().key)).toEqual(start());
  });

  it('is taken from its owner after its lease alone, which the owner keeps alive', async () => {
    const { store } = await createStores();
    await store.insert(start());
    const taken = { owner: 'somebody-else', state: 'searching' } as const;
    const take = (lapsedAt: number) => store.change(start(), taken, { lapsedAt });
    expect(await take(NOW + 30_000)).toBeUndefined();
    await store.renew(start().owner, NOW + 60_000);
    expect(await store.listLapsed(NOW + 60_000)).toEqual([]);
    expect(await take(NOW + 30_001)).toBeUndefined();
    expect(keys(await store.listLapsed(NOW + 60_001))).toEqual(['key-of-ana']);
    expect(await take(NOW + 60_001)).toMatchObject(taken);
  });

  it('lists what is under way and left behind, and nothing that has an outcome', async () => {
    const { store } = await createStores();
    const states: Start['state'][] = [
      'checking',
      'starting',
      'searching',
      'started',
      'rejected',
      'notStarted',
      'unknown',
    ];
    for (const state of states) await store.insert(start({ key: `key-${state}`, state }));
    expect(keys(await store.listLapsed(NOW + 30_001))).toEqual(['key-checking', 'key-searching', 'key-starting']);
  });

  it('lists what may have been started once its next look is due', async () => {
    const { store } = await createStores();
    const unknown = { state: 'unknown', sentAt: NOW, leaseUntil: NOW } as const;
    await store.insert(start({ ...unknown, key: 'key-to-look-for' }));
    await store.insert(start({ ...unknown, key: 'key-to-look-for-later', leaseUntil: NOW + 1 }));
    await store.insert(start({ ...unknown, key: 'key-given-up', leaseUntil: Number.MAX_SAFE_INTEGER }));
    await store.insert(start({ ...unknown, key: 'key-known', state: 'started' }));
    expect(keys(await store.listUnknown(NOW + 1))).toEqual(['key-to-look-for']);
  });

  it('knows the executions of the starts of a pipeline', async () => {
    const { store } = await createStores();
    const insert = (executionId: string, fields: Partial<Start> = {}) =>
      store.insert(
        start({
          key: `key-of-${executionId}`,
          state: 'started',
          outcome: started(executionId),
          sentAt: NOW,
          ...fields,
        }),
      );
    await insert('ours');
    await insert('too-old', { sentAt: NOW - 10 });
    await insert('elsewhere', { pipeline: { ...pipeline, project: 'other' } });
    await store.insert(start({ key: 'key-under-way', state: 'starting', sentAt: NOW }));
    expect(await store.listExecutions(pipeline, NOW - 10)).toEqual(['ours']);
  });

  it('lists what was started of a pipeline and is not listed in Harness yet', async () => {
    const { store, knex } = await createStores();
    const startOf = (executionId: string, fields: Partial<Start> = {}) =>
      start({ key: `key-of-${executionId}`, state: 'started', outcome: started(executionId), sentAt: NOW, ...fields });
    await store.insert(startOf('listed'));
    await store.insert(startOf('unlisted'));
    await store.insert(startOf('newest', { sentAt: NOW + 1 }));
    await store.insert(startOf('too-old', { sentAt: NOW - 10 }));
    await store.insert(startOf('elsewhere', { pipeline: { ...pipeline, project: 'other' } }));
    await store.insert(start({ key: 'key-under-way', state: 'starting', sentAt: NOW }));
    const listed = { id: 'listed/stage', executionId: 'listed', pipeline: pipeline.pipeline, stage: 'stage' };
    await record(knex, pipeline, {
      runs: [run([{ ...listed, status: 'Running', phase: 'active', isRollback: false }])],
    });
    const found = await store.listUnlisted({ ...pipeline, branch: 'another' }, NOW - 10);
    expect(found.map(({ key }) => key)).toEqual(['key-of-newest', 'key-of-unlisted']);
  });

  it('knows who started executions of a pipeline, and for what', async () => {
    const { store } = await createStores();
    await store.insert(start({ state: 'started', outcome: started('e1') }));
    await store.insert(
      start({ key: 'key-of-ben', state: 'started', outcome: started('e2'), startedBy: 'user:default/ben' }),
    );
    const { asked } = start();
    expect(await store.startersOf(pipeline, ['e1', 'e2', 'e3'])).toEqual(
      new Map([
        ['e1', { startedBy: 'user:default/ana', asked }],
        ['e2', { startedBy: 'user:default/ben', asked }],
      ]),
    );
    expect(await store.startersOf({ ...pipeline, org: 'other' }, ['e1'])).toEqual(new Map());
    expect(await store.startersOf(pipeline, [])).toEqual(new Map());
  });

  it('forgets what is old, runs later than others, and nothing that is under way', async () => {
    const { store } = await createStores();
    const states: Start['state'][] = ['searching', 'started', 'rejected', 'notStarted', 'unknown'];
    for (const state of states) await store.insert(start({ key: `key-${state}`, state }));
    const left = async () => {
      const kept = await Promise.all(states.map(state => store.get(start().entityRef, `key-${state}`)));
      return kept.flatMap(found => found?.state ?? []);
    };
    await store.prune({ started: NOW, others: NOW });
    expect(await left()).toEqual(states);
    await store.prune({ started: NOW, others: NOW + 1 });
    expect(await left()).toEqual(['searching', 'started']);
    await store.prune({ started: NOW + 1, others: NOW + 1 });
    expect(await left()).toEqual(['searching']);
  });

  it('migrates from a schema without starts, and back, and leaves deployments alone', async () => {
    const knex = await databases.init(databaseId);
    const migration = (name: string) => ({ directory: migrationsDirectory, name });
    await knex.migrate.up(migration('20261123000000_deployments.js'));
    await openDatabase(mockServices.database({ knex }));
    const listed = { id: 'listed/stage', executionId: 'listed', pipeline: pipeline.pipeline, stage: 'stage' };
    await record(knex, pipeline, {
      runs: [run([{ ...listed, status: 'Running', phase: 'active', isRollback: false }])],
    });
    expect(await new DatabaseStartStore(knex).insert(start())).toBe(true);

    await knex.migrate.down(migration('20261128000000_starts.js'));
    expect(await knex.schema.hasTable('harness_cd_starts')).toBe(false);
    expect(await new DatabaseDeploymentStore(knex).has(pipeline)).toBe(true);
    await openDatabase(mockServices.database({ knex }));
    expect(await knex('harness_cd_starts')).toEqual([]);
  });
});
