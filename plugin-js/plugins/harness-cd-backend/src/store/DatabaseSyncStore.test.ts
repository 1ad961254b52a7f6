import { mockServices, type TestDatabaseId, TestDatabases } from '@backstage/backend-test-utils';
import type { Deployment, PipelineRef, SyncChanges, SyncProgress } from 'backstage-plugin-harness-cd-common';
import type { Knex } from 'knex';
import { looksOf } from '../__testUtils__/looksOf';
import { record, run } from '../__testUtils__/record';
import { DatabaseDeploymentStore } from './DatabaseDeploymentStore';
import { DatabaseSyncStore } from './DatabaseSyncStore';
import { openDatabase } from './migrations';
import { type Asked, laneOfProject } from './SyncStore';

// PostgreSQL where a server is given; without one Backstage would ask for Docker.
const ids: TestDatabaseId[] = process.env.BACKSTAGE_TEST_DATABASE_POSTGRES15_CONNECTION_STRING
  ? ['SQLITE_3', 'POSTGRES_15']
  : ['SQLITE_3'];
const databases = TestDatabases.create({ ids });

const NOW = 1_790_000_000_000;
const LEASE = 60_000;
const pipeline: PipelineRef = { account: 'acme', org: 'default', project: 'platform', pipeline: 'shop_cd' };
const project = laneOfProject(pipeline);
const progress: SyncProgress = { asOf: NOW, knownFrom: NOW - 1_000, isWhole: false };
const nothing: SyncChanges = {
  runs: [],
  listed: [],
  whole: [],
  told: [],
  gone: [],
  quarantined: [],
  quarantinedTotal: 0,
};
const learnt = { kind: 'learnt', state: 'text', progress, changes: nothing } satisfies Asked;

function ran(id: string, startedAt: number, fields: Partial<Deployment> = {}) {
  const { pipeline: name } = pipeline;
  const deployment: Deployment = {
    id: `${id}/deploy`,
    executionId: id,
    pipeline: name,
    stage: 'deploy',
    status: 'Success',
    phase: 'succeeded',
    startedAt,
    isRollback: false,
    ...fields,
  };
  return run([deployment]);
}

function failed(code: 'UNAVAILABLE' | 'FORBIDDEN', since: number): Asked {
  const failure = { code, message: 'Harness does not answer' };
  return { kind: 'failed', state: 'text', progress: { ...progress, failingSince: since }, failure };
}

describe.each(databases.eachSupportedId())('DatabaseSyncStore on %s', databaseId => {
  let knex: Knex;
  let store: DatabaseSyncStore;

  beforeEach(async () => {
    knex = await openDatabase(mockServices.database({ knex: await databases.init(databaseId) }));
    store = new DatabaseSyncStore(knex);
  });

  const list = async () => {
    const query = { pipeline, statuses: [], services: [], page: 0, pageSize: 100 };
    return (await new DatabaseDeploymentStore(knex).list(query)).deployments.map(({ executionId }) => executionId);
  };

  /** Takes a turn that there is for certain. */
  async function take(lane: PipelineRef, at: number) {
    const turn = await store.take(lane, at, at + LEASE);
    if (!turn) throw new Error('there is no turn');
    return turn;
  }

  it('keeps what runs were asked to do, has their rows tell it, and lists those alone that do not', async () => {
    const waits = (fields: Partial<Deployment> = {}) => ({
      ...ran('waits', 5, { status: 'ApprovalWaiting', phase: 'waiting', wholeRun: true, ...fields }),
      asksInputs: true,
    });
    const early = { ...ran('failed', 9, { status: 'Failed', phase: 'failed', wholeRun: true }), asksInputs: true };
    const ended = { ...early, endedAt: 10 };
    await record(knex, project, { runs: [ended, ran('told', 7), waits()] }, { at: NOW });
    const untold = async () => (await store.listUntold(project)).map(({ id, hasEnded }) => [id, hasEnded]);
    expect(await untold()).toEqual([
      ['waits', false],
      ['failed', true],
    ]);

    const inputs = { imageTag: 'v2.3.0', environment: 'prod', region: 'euw1', changeTicket: 'CHG-7' };
    await record(
      knex,
      project,
      {
        told: [
          { id: 'waits', inputs },
          { id: 'failed', inputs: {} },
        ],
      },
      { at: NOW + 1 },
    );
    expect(await untold()).toEqual([]);
    const query = { pipeline, statuses: [], services: [], page: 0, pageSize: 100 };
    const rows = async (more: object) =>
      (await new DatabaseDeploymentStore(knex).list({ ...query, ...more })).deployments;
    const target = { executionId: 'waits', version: 'v2.3.0', ...inputs };
    expect(await rows({ environment: 'prod', region: 'euw1', text: 'chg-7 v2.3.0' })).toMatchObject([target]);

    // Harness lists it again, and tells of it no more than before.
    await record(knex, project, { runs: [waits({ status: 'ApprovalRejected', phase: 'failed' })] }, { at: NOW + 2 });
    expect(await rows({ environment: 'prod' })).toMatchObject([{ ...target, phase: 'failed' }]);
    expect(await untold()).toEqual([]);
  });

  it('looks for those alone, however many runs a project or a pipeline has', async () => {
    if (knex.client.config.client === 'pg') return; // It chooses by how many rows there are.
    const looks = await looksOf(knex, async () => {
      for (const lane of [project, pipeline]) await store.listUntold(lane);
    });
    const untold = 'SEARCH harness_cd_executions USING INDEX harness_cd_executions_untold_index';
    expect(looks).toEqual([
      `${untold} (account=? AND org=? AND project=?)`,
      `${untold} (account=? AND org=? AND project=? AND pipeline=?)`,
    ]);
  });

  it('begins a record once, and keeps how far it is', async () => {
    expect(await store.get(project)).toBeUndefined();
    await store.begin(project);
    expect(await store.get(project)).toEqual({ lane: project, state: '', isWhole: false, hints: {} });
    await store.end(await take(project, NOW), learnt);
    await store.begin(project);
    const { failingSince: _, ...known } = { ...progress, failingSince: undefined };
    expect(await store.get(project)).toEqual({ lane: project, state: 'text', ...known, hints: {} });
  });

  it('says what is not as it was, and not what is merely told again', async () => {
    await store.begin(project);
    const learn = async (at: number, changes: Partial<SyncChanges>) =>
      store.end(await take(project, at), { ...learnt, changes: { ...nothing, ...changes } });
    const [one, two] = [ran('one', 1), ran('two', 2)];
    expect(await learn(NOW, { runs: [one, two] })).toEqual({
      deployments: [one, two].map(({ deployments: [deployment] }) => ({ pipeline, deployment })),
      pipelines: ['shop_cd'],
    });
    expect(await learn(NOW + 1, { runs: [one, two] })).toEqual({ deployments: [], pipelines: [] });
    const [again] = ran('two', 2, { status: 'Failed', phase: 'failed' }).deployments;
    expect(await learn(NOW + 2, { runs: [one, run([again])] })).toEqual({
      deployments: [{ pipeline, deployment: again }],
      pipelines: ['shop_cd'],
    });
    expect(await learn(NOW + 3, { gone: ['one'] })).toEqual({ deployments: [], pipelines: ['shop_cd'] });
    expect(await learn(NOW + 4, { gone: ['one'] })).toEqual({ deployments: [], pipelines: [] });
  });

  it('gives a turn to one at a time, and to another when its owner is taken to be dead', async () => {
    await store.begin(project);
    const both = await Promise.all([store.take(project, NOW, NOW + LEASE), store.take(project, NOW, NOW + LEASE)]);
    const [first] = both.filter(turn => turn !== undefined);
    expect(both.filter(turn => turn !== undefined)).toHaveLength(1);
    expect(await store.listDue(NOW)).toEqual([]);
    expect(await store.take(project, NOW + LEASE - 1, NOW + 2 * LEASE)).toBeUndefined();

    const second = await take(project, NOW + LEASE);
    expect(await store.end(first!, { ...learnt, changes: { ...nothing, runs: [ran('late', 1)] } })).toBeUndefined();
    expect(await list()).toEqual([]);
    expect(await store.end(second, { ...learnt, changes: { ...nothing, runs: [ran('one', 1)] } })).toMatchObject({
      pipelines: ['shop_cd'],
    });
    expect(await list()).toEqual(['one']);
  });

  it('stores nothing of a turn where any of it cannot be stored', async () => {
    await store.begin(project);
    const broken = { ...ran('broken', 2), status: null as any };
    const changes = { ...nothing, runs: [ran('one', 1), broken], listed: ['one'] };
    await expect(store.end(await take(project, NOW), { ...learnt, changes })).rejects.toThrow();
    expect(await list()).toEqual([]);
    expect((await store.get(project))?.state).toBe('');
    await expect(take(project, NOW + LEASE)).resolves.toBeDefined();
  });

  it('waits until something is due, or somebody looks', async () => {
    await store.begin(project);
    expect(await store.listDue(NOW)).toEqual([project]);
    await store.wait(await take(project, NOW), NOW + 100);
    expect(await store.listDue(NOW + 99)).toEqual([]);
    expect(await store.listDue(NOW + 100)).toEqual([project]);

    await store.hint(project, { lookedAt: NOW });
    expect(await store.listDue(NOW)).toEqual([project]);
    const turn = await take(project, NOW);
    expect(turn.sync.hints).toEqual({ lookedAt: NOW });
    await store.hint(project, { happenedAt: NOW + 1 });
    await store.wait(turn, NOW + 100);
    expect(await store.listDue(NOW + 2)).toEqual([project]);
  });

  it('marks what is not there any more, within what was read, and takes the mark away again', async () => {
    await record(knex, project, { runs: [ran('one', 1), ran('two', 2), ran('three', 3), ran('four', 4)] });
    await record(knex, project, { listed: ['two'], whole: [{ fromMs: 2, toMs: 3 }] }, { at: NOW });
    expect(await list()).toEqual(['four', 'two', 'one']);
    await record(knex, project, { listed: [], gone: ['four'] }, { at: NOW });
    expect(await list()).toEqual(['two', 'one']);
    expect(await knex('harness_cd_executions').whereNotNull('missing_since').pluck('id')).toHaveLength(2);
    await record(knex, project, { listed: ['one', 'two', 'three'], whole: [{ fromMs: 0 }] }, { at: NOW });
    expect(await list()).toEqual(['three', 'two', 'one']);
  });

  it('does not miss runs that other runs have started in the list of a project, which does not have them', async () => {
    await record(knex, pipeline, { runs: [{ ...ran('chained', 1), isChained: true }, ran('one', 2)] });
    await record(knex, project, { listed: ['one'], whole: [{ fromMs: 0 }] }, { at: NOW });
    expect(await list()).toEqual(['one', 'chained']);
    await record(knex, pipeline, { listed: ['one'], whole: [{ fromMs: 0 }] }, { at: NOW });
    expect(await list()).toEqual(['one']);
  });

  it('lets nothing go backwards that another record has asked for later', async () => {
    await record(knex, project, { runs: [ran('one', 1)] }, { at: NOW });
    await record(knex, pipeline, { runs: [ran('one', 1, { status: 'Running', phase: 'active' })] }, { at: NOW - 1 });
    const [{ status }] = await knex('harness_cd_executions');
    expect(status).toBe('Success');
  });

  it('stores many runs at once', async () => {
    const runs = Array.from({ length: 400 }, (_, index) => ran(`run-${index}`, index));
    await record(knex, project, { runs });
    expect(await knex('harness_cd_deployments').pluck('id')).toHaveLength(400);
  });

  it('knows since when Harness fails: what goes for a whole account, since it began for any of it', async () => {
    const elsewhere = { ...project, account: 'elsewhere' };
    for (const lane of [project, pipeline, elsewhere]) await store.begin(lane);
    await store.end(await take(project, NOW), failed('UNAVAILABLE', NOW));
    await store.end(await take(pipeline, NOW), failed('UNAVAILABLE', NOW + 5));
    await store.end(await take(elsewhere, NOW), failed('UNAVAILABLE', NOW + 7));
    const since = async (lane: PipelineRef) => (await store.get(lane))?.failure?.since;
    expect(await Promise.all([project, pipeline, elsewhere].map(since))).toEqual([NOW, NOW, NOW + 7]);
    expect((await store.get(pipeline))?.failure).toMatchObject({ code: 'UNAVAILABLE', hint: expect.any(String) });

    await store.end(await take(pipeline, NOW), failed('FORBIDDEN', NOW + 6));
    expect(await since(pipeline)).toBe(NOW + 6);
    await store.end(await take(pipeline, NOW), learnt);
    expect((await store.get(pipeline))?.failure).toBeUndefined();
  });

  it('counts what could not be read, by its reason', async () => {
    const quarantined = [{ pointer: '/data/content/3', reason: 'the row is not an object' }];
    await record(knex, project, { quarantined, quarantinedTotal: 2 }, { at: NOW });
    await record(knex, project, { quarantined, quarantinedTotal: 1 }, { at: NOW + 1 });
    const rows = (await knex('harness_cd_quarantine')).map(row => ({ ...row, last_at: Number(row.last_at) }));
    expect(rows).toMatchObject([{ reason: 'the row is not an object', count: 1, last_at: NOW + 1 }]);
  });

  it('ends the record of a pipeline that its project holds, or that never ran and nobody looks at', async () => {
    const whole = { progress: { ...progress, isWhole: true } };
    const chained = { ...pipeline, pipeline: 'chained_cd' };
    const never = { ...pipeline, pipeline: 'never_cd' };
    await record(knex, pipeline, { runs: [ran('one', 1)] }, whole);
    const ofAnother = ran('two', 2, { pipeline: chained.pipeline });
    await record(knex, chained, { runs: [{ ...ofAnother, isChained: true }] }, whole);
    await record(knex, never, {}, whole);
    await store.hint(never, { lookedAt: NOW });
    const left = async () => (await knex('harness_cd_syncs').orderBy('pipeline').pluck('pipeline')) as string[];

    await record(knex, project, {}, { progress });
    await store.retire(NOW);
    expect(await left()).toHaveLength(4);
    await record(knex, project, {}, whole);
    await store.retire(NOW);
    expect(await left()).toEqual(['', 'chained_cd', 'never_cd']);
    await store.retire(NOW + 1);
    expect(await left()).toEqual(['', 'chained_cd']);
  });
});
