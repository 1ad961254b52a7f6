import { setTimeout as wait } from 'node:timers/promises';
import { mockServices, type TestDatabaseId, TestDatabases } from '@backstage/backend-test-utils';
import { harnessCdServiceRef, type HarnessCdService } from 'backstage-plugin-harness-cd-node';
import { Simulator, startPlugins, stopClocks } from 'harness-cd-test-utils';
import type { Knex } from 'knex';
import { waitFor } from '../__testUtils__/waitFor';
import { DatabaseDeploymentStore } from '../store/DatabaseDeploymentStore';
import { DatabaseSyncStore } from '../store/DatabaseSyncStore';
import { openDatabase } from '../store/migrations';
import { laneOfProject } from '../store/SyncStore';
import { DeploymentSync } from './DeploymentSync';

jest.setTimeout(60_000);

// PostgreSQL where a server is given; without one Backstage would ask for Docker.
const ids: TestDatabaseId[] = process.env.BACKSTAGE_TEST_DATABASE_POSTGRES15_CONNECTION_STRING
  ? ['SQLITE_3', 'POSTGRES_15']
  : ['SQLITE_3'];
const databases = TestDatabases.create({ ids });

const DAY_MS = 24 * 60 * 60_000;
const LEASE_MS = 6_000;
const ABANDONED_MS = 60_000;
const LIST = '/pipeline/api/pipelines/execution/summary';

describe.each(databases.eachSupportedId())('DeploymentSync on %s', databaseId => {
  let simulator: Simulator;
  let harnessCd: HarnessCdService;
  let knex: Knex;

  beforeAll(async () => {
    simulator = await Simulator.start();
    await simulator.setClock({ speed: 0 });
    const rootConfig = mockServices.rootConfig.factory({ data: simulator.config });
    [harnessCd] = await simulator.startBackend(() =>
      startPlugins(harnessCdServiceRef, { pluginIds: ['one'], features: [rootConfig] }),
    );
  });

  afterAll(() => simulator?.stop());
  afterEach(() => jest.useRealTimers());

  beforeEach(async () => {
    knex = await openDatabase(mockServices.database({ knex: await databases.init(databaseId) }));
    await simulator.forgetRequests();
  });

  const project = laneOfProject(Simulator.scope);

  /** What a backend of its own on the same database has for it. */
  function backend(asked: Pick<HarnessCdService, 'syncDeployments'> = harnessCd): DeploymentSync {
    return new DeploymentSync({
      harnessCd: asked,
      logger: mockServices.logger.mock(),
      store: new DatabaseSyncStore(knex),
      deployments: new DatabaseDeploymentStore(knex),
      announcements: { recordChanged: () => {}, projectChanged: () => {} },
      backMs: 90 * DAY_MS,
    });
  }

  async function untilWhole(...backends: DeploymentSync[]): Promise<void> {
    while (!(await new DatabaseSyncStore(knex).get(project))?.isWhole) {
      await Promise.all(backends.map(one => one.takeUp()));
      await wait(20);
    }
  }

  async function expectWhole(): Promise<void> {
    const query = { size: 1_000, allAttempts: true };
    const { deployments } = await harnessCd.listDeployments(Simulator.scope, query, { allRuns: true });
    const listed = [...new Set(deployments.map(({ executionId, runStartedAt }) => `${executionId} ${runStartedAt}`))];
    const kept = (await knex('harness_cd_executions')).map(({ id, started_at: at }) => `${id} ${at}`);
    expect(kept.sort()).toEqual(listed.sort());
    expect(kept.length).toBeGreaterThan(300);
  }

  const asked = async () => (await simulator.requests()).filter(({ path }) => path === LIST).length;

  it('keeps one record by two backends, and asks nothing twice', async () => {
    const both = [backend(), backend()];
    await both[0].begin([Simulator.scope]);
    await untilWhole(...both);
    both.forEach(one => one.stop());
    const pages = Math.ceil((await knex('harness_cd_executions').pluck('id')).length / 100);
    // A page begins at the last run of the one before. What began lately may be asked for while the rest is.
    expect(await asked()).toBeLessThanOrEqual(pages + 2);
    await expectWhole();
  });

  it('begins the record of a project with the first look at one of its pipelines', async () => {
    const sync = backend();
    const own = { ...Simulator.scope, pipeline: 'payment_service_cd' };
    expect(await sync.look(own)).toMatchObject({ lane: own, isWhole: true });
    sync.stop();
    expect(await knex('harness_cd_syncs').orderBy('pipeline').pluck('pipeline')).toEqual(['', own.pipeline]);
  });

  it('goes on with what a backend held that was killed in mid-turn, some seconds later', async () => {
    stopClocks();
    // A process that is gone answers no more.
    const killed = backend({ syncDeployments: () => new Promise(() => {}) });
    const other = backend();
    await killed.begin([Simulator.scope]);
    await killed.takeUp();
    await wait(200);
    await other.takeUp();
    await wait(200);
    expect(await asked()).toBe(0);
    killed.stop();
    jest.advanceTimersByTime(LEASE_MS);
    // The calls of a minute are spread over it.
    const clock = setTimeout(function pass() {
      jest.advanceTimersByTime(200);
      clock.refresh();
    }, 20);
    await untilWhole(other);
    clearTimeout(clock);
    other.stop();
    await expectWhole();
  });

  it('leaves a turn to the backend that is alive, however long Harness takes', async () => {
    stopClocks();
    const slow = backend({ syncDeployments: () => new Promise(() => {}) });
    await slow.begin([Simulator.scope]);
    await slow.takeUp();
    await wait(200);
    for (let seconds = 0; seconds < 60; seconds += 5) {
      jest.advanceTimersByTime(5_000);
      await wait(20);
      expect(await new DatabaseSyncStore(knex).listDue(Date.now())).toEqual([]);
    }
    slow.stop();
    jest.advanceTimersByTime(LEASE_MS);
    expect(await new DatabaseSyncStore(knex).listDue(Date.now())).toEqual([project]);
  });

  it('says why nothing can be asked, and tries it again a minute later', async () => {
    stopClocks();
    const elsewhere = { ...Simulator.scope, project: 'elsewhere', pipeline: 'payment_service_cd' };
    const sync = backend();
    expect(await sync.look(elsewhere)).toMatchObject({ failure: { code: 'WRONG_SCOPE' } });
    const due = () => new DatabaseSyncStore(knex).listDue(Date.now());
    expect(await due()).not.toContainEqual(elsewhere);
    jest.advanceTimersByTime(ABANDONED_MS + 1);
    expect(await due()).toContainEqual(elsewhere);
  });

  it('reads once what a run was asked to do that waits, and tells it of its row from then on', async () => {
    const sync = backend();
    await sync.begin([Simulator.scope]);
    await untilWhole(sync);
    const id = await simulator.run('payment_service_cd', {
      imageTag: 'v2.3.1',
      targetEnvironment: 'prod',
      targetRegion: 'euw2',
      changeTicket: 'CHG-7',
      rollbackPlan: 'run the version before',
      businessJustification: 'a fix',
    });
    await simulator.setClock({ advanceMs: 10 * 60_000 });
    const pipeline = { ...Simulator.scope, pipeline: 'payment_service_cd' };
    const store = new DatabaseDeploymentStore(knex);
    const rows = async (query: { text?: string; environment?: string; region?: string } = {}) => {
      const all = { pipeline, statuses: [], services: [], page: 0, pageSize: 100, ...query };
      return (await store.list(all)).deployments.filter(({ executionId }) => executionId === id);
    };
    const target = {
      version: 'v2.3.1',
      imageTag: 'v2.3.1',
      environment: 'prod',
      region: 'euw2',
      changeTicket: 'CHG-7',
    };
    await waitFor(async () => {
      await sync.look(pipeline);
      return (await rows())[0]?.version === 'v2.3.1';
    });
    expect(await rows()).toMatchObject([{ phase: 'waiting', wholeRun: true, ...target }]);
    for (const query of [{ text: 'v2.3.1 chg-7' }, { environment: 'prod', region: 'euw2' }]) {
      expect(await rows(query)).toHaveLength(1);
    }
    const inputsAsked = async () =>
      (await simulator.requests()).filter(({ path }) => path.endsWith(`/${id}/inputsetV2`)).length;
    expect(await inputsAsked()).toBe(1);

    // Nobody approves it: Harness lists it anew, as one that has ended.
    await simulator.setClock({ advanceMs: 8 * DAY_MS });
    await waitFor(async () => {
      await sync.look(pipeline);
      return (await rows())[0]?.phase === 'failed';
    });
    sync.stop();
    expect(await rows()).toMatchObject([{ wholeRun: true, ...target }]);
    expect(await inputsAsked()).toBe(1);
  });

  it('shows at once what is known, and has what is new read once for all who look', async () => {
    const { store, sync } = { store: new DatabaseDeploymentStore(knex), sync: backend() };
    await sync.begin([Simulator.scope]);
    await untilWhole(sync);
    stopClocks();
    jest.advanceTimersByTime(10_000);
    const pipeline = { ...Simulator.scope, pipeline: 'payment_service_cd' };
    const id = await simulator.run('payment_service_cd', {
      imageTag: 'v2.3.1',
      targetEnvironment: 'int-stable',
      targetRegion: 'euw1',
    });
    await simulator.setClock({ advanceMs: 5_000 });
    await simulator.forgetRequests();
    const before = await new DatabaseSyncStore(knex).get(project);
    const known = await Promise.all(Array.from({ length: 50 }, () => sync.look(pipeline)));
    expect(known.map(({ lane, asOf }) => [lane.pipeline, asOf])).toEqual(Array(50).fill(['', before?.asOf]));
    await waitFor(async () => {
      const { deployments } = await store.list({ pipeline, statuses: [], services: [], page: 0, pageSize: 5 });
      return deployments.some(({ executionId }) => executionId === id);
    });
    // What began lately, and what has not ended.
    expect(await asked()).toBeLessThanOrEqual(2);
  });
});
