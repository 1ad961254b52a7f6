import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { BackendFeature } from '@backstage/backend-plugin-api';
import { mockServices } from '@backstage/backend-test-utils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import type { Deployment, DeployRequest, DeployResponse } from 'backstage-plugin-harness-cd-common';
import { harnessCdServiceRef, harnessFailure, type HarnessCdService } from 'backstage-plugin-harness-cd-node';
import { Simulator, startPlugins } from 'harness-cd-test-utils';
import type { Knex } from 'knex';
import request from 'supertest';
import { component, createDatabase, deploy, path, startBackend } from './__testUtils__/startBackend';
import type { StartRequest } from './service/starts/request';
import { Starts } from './service/starts/Starts';
import { DatabaseStartStore } from './store/DatabaseStartStore';
import { openDatabase } from './store/migrations';

jest.setTimeout(90_000);

const good: DeployRequest = {
  service: 'payment-service',
  imageTag: 'v2.3.1',
  environment: 'int-stable',
  region: 'euw1',
};
const entityRef = 'component:default/payment-service';
const LOST = { kind: 'badGatewayAfterAccept', path: '/pipeline/execute' } as const;
const NO_LISTS = { kind: 'serverError', path: '/execution/summary', times: 0 } as const;

describe('a start', () => {
  let simulator: Simulator;
  let knex: Knex;
  let before: number;
  const auditor = mockServices.auditor.mock();
  const event = { success: jest.fn(), fail: jest.fn() };

  beforeAll(async () => {
    simulator = await Simulator.start();
  });

  afterAll(() => simulator?.stop());

  beforeEach(async () => {
    jest.resetAllMocks();
    auditor.createEvent.mockResolvedValue(event);
    await simulator.clearFaults();
    knex = await createDatabase();
    before = (await simulator.runs()).length;
  });

  /** A backend; another one with the same database where there is one already. */
  async function start(features: BackendFeature[] = []): Promise<Server> {
    const entities = ['payment-service', 'ledger-service'].map(name =>
      component(name, { 'harness.io/pipeline-url': simulator.pipelineUrl(`${name.replace('-', '_')}_cd`) }),
    );
    return startBackend({ simulator, entities, knex, features: [auditor.factory, ...features] });
  }

  const runs = async () => (await simulator.runs()).slice(before).map(({ execution }) => execution);
  const ask = (server: Server, key: string, name = 'payment-service') =>
    request(server).get(path(name, `starts/${key}`));

  async function outcomeOf(server: Server, key: string): Promise<DeployResponse> {
    for (;;) {
      const { body } = await ask(server, key).expect(200);
      if (body.kind !== 'starting') return body;
      await wait(200);
    }
  }

  async function requestOf(key: string, harnessCd: HarnessCdService): Promise<StartRequest> {
    const pipeline = { ...Simulator.scope, pipeline: 'payment_service_cd' };
    const target = { entityRef, pipeline, rules: await harnessCd.deployRules(pipeline) };
    const caller = new AbortController().signal;
    return { target, key, text: JSON.stringify(good), startedBy: 'user:default/ana', caller };
  }

  /** What a backend has of starts, with the parts of Harness that are given instead of its own. */
  async function openStarts(instead: (own: HarnessCdService) => Partial<HarnessCdService>) {
    const features = [mockServices.rootConfig.factory({ data: simulator.config })];
    const [own] = await simulator.startBackend(() =>
      startPlugins(harnessCdServiceRef, { pluginIds: ['one'], features }),
    );
    const harnessCd: HarnessCdService = new Proxy(own, {
      get: (target, name: keyof HarnessCdService) => {
        const other = instead(target)[name];
        const value = other ?? target[name];
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const store = new DatabaseStartStore(await openDatabase(mockServices.database({ knex })));
    const starts = new Starts(
      {
        harnessCd,
        logger: mockServices.logger.mock(),
        store,
        changed: () => {},
        recovered: async () => {},
      },
      { leaseMs: 600 },
    );
    return { starts, harnessCd, store };
  }

  it.each([undefined, '', 'short', 'a key with spaces', 'a'.repeat(65)])('has a key, and not %p', async key => {
    const server = await start();
    const post = request(server).post(path('payment-service', 'deployments')).send(good);
    if (key !== undefined) post.set('Idempotency-Key', key);
    const { body } = await post.expect(400);
    expect(body.error).toMatchObject({ code: 'INVALID_REQUEST', hint: expect.stringContaining('for example a UUID') });
    expect(body.error.message).toMatch(/^The header Idempotency-Key is .*: it takes 8 to 64 letters, digits, - and _/);
    expect(await runs()).toEqual([]);
  });

  it('is refused in a sentence where the request is too long', async () => {
    const server = await start();
    const { body } = await deploy(server, 'payment-service', { ...good, inputs: { x: 'y'.repeat(65_536) } }).expect(
      413,
    );
    expect(body.error).toMatchObject({ code: 'INVALID_REQUEST', message: 'The request has more than 64 KB.' });
    expect(await runs()).toEqual([]);
  });

  it('is one, however many ask for it at once and later', async () => {
    const server = await start();
    const key = randomUUID();
    const atOnce = await Promise.all([1, 2, 3].map(() => deploy(server, 'payment-service', good, key).expect(202)));
    const later = await deploy(server, 'payment-service', good, key).expect(202);
    const [executionId] = await runs();
    for (const { body } of [...atOnce, later]) expect(body).toMatchObject({ kind: 'started', executionId });
    expect((await ask(server, key).expect(200)).body).toEqual(later.body);
    expect(await runs()).toHaveLength(1);
  });

  it('is another one under another key', async () => {
    const server = await start();
    for (const _ of [1, 2]) await deploy(server, 'payment-service', good).expect(202);
    expect(new Set(await runs()).size).toBe(2);
  });

  it('is one in two backends with one database', async () => {
    const servers = [await start(), await start()];
    const key = randomUUID();
    const answers = await Promise.all(servers.map(server => deploy(server, 'payment-service', good, key).expect(202)));
    const [executionId] = await runs();
    expect(answers.map(({ body }) => body.executionId)).toEqual([executionId, executionId]);
    expect(await runs()).toHaveLength(1);
  });

  it('is the same by what it says, not by the order of its members', async () => {
    const server = await start();
    const key = randomUUID();
    await deploy(server, 'payment-service', good, key).expect(202);
    const reversed = Object.fromEntries(Object.entries(good).reverse());
    await deploy(server, 'payment-service', reversed, key).expect(202);
    expect(await runs()).toHaveLength(1);
  });

  it('has no key of another request', async () => {
    const server = await start();
    const key = randomUUID();
    await deploy(server, 'payment-service', good, key).expect(202);
    const { body } = await deploy(server, 'payment-service', { ...good, imageTag: 'v2.3.2' }, key).expect(409);
    expect(body.error).toMatchObject({ code: 'CONFLICT', hint: expect.stringContaining('under a new key') });
    expect(body.error.message).toContain(`The key ${key} is that of another request for ${entityRef}`);
    expect(await runs()).toHaveLength(1);
  });

  it('may have a key that another entity has used', async () => {
    const server = await start();
    const key = randomUUID();
    await deploy(server, 'payment-service', good, key).expect(202);
    await deploy(server, 'ledger-service', { ...good, service: 'ledger-service' }, key).expect(202);
    expect(await runs()).toHaveLength(2);
  });

  it('tells no rule and no input to who may not see deployments', async () => {
    const permissions = mockServices.permissions.mock({
      authorize: async questions =>
        questions.map(({ permission }) => ({
          result: permission.name.endsWith('.read') ? AuthorizeResult.DENY : AuthorizeResult.ALLOW,
        })),
    });
    const server = await start([permissions.factory]);
    const wrong = { ...good, region: 'mars', inputs: { colour: 'red' } };
    const key = randomUUID();
    const post = request(server).post(path('payment-service', 'deployment-checks')).send(wrong);
    for (const answer of [deploy(server, 'payment-service', wrong, key), post, ask(server, key)]) {
      const { error } = (await answer.expect(403)).body;
      expect(error.message).toBe(`You lack the permission harness-cd.deployment.read for ${entityRef}.`);
    }
    expect(await knex('harness_cd_starts')).toEqual([]);
  });

  it('is told to those who ask about its entity alone', async () => {
    const server = await start();
    const key = randomUUID();
    await deploy(server, 'payment-service', good, key).expect(202);
    await ask(server, key, 'ledger-service').expect(404);
    const { body } = await ask(server, randomUUID()).expect(404);
    expect(body.error).toMatchObject({ code: 'NOT_FOUND', hint: expect.stringContaining('the key') });
  });

  it('is tried anew after it started nothing for certain', async () => {
    const server = await start();
    const key = randomUUID();
    await simulator.addFault({ kind: 'forbidden', path: '/pipeline/execute' });
    const { body } = await deploy(server, 'payment-service', good, key).expect(403);
    expect(body.error.code).toBe('FORBIDDEN');
    expect((await ask(server, key).expect(200)).body).toMatchObject({
      kind: 'notStarted',
      failure: { code: 'FORBIDDEN' },
    });
    await deploy(server, 'payment-service', good, key).expect(202);
    expect(await runs()).toHaveLength(1);
  });

  it('tells a rejection to who asks later as well', async () => {
    const server = await start();
    const key = randomUUID();
    const { body } = await deploy(server, 'payment-service', { ...good, region: 'mars' }, key).expect(400);
    expect(body).toMatchObject({ kind: 'rejected', violations: [{ code: 'REGION_UNKNOWN' }] });
    expect((await ask(server, key).expect(200)).body).toEqual(body);
  });

  it('goes on while nobody waits for it', async () => {
    const server = await start();
    const key = randomUUID();
    await simulator.addFault({ kind: 'slow', path: '/pipeline/execute', delayMs: 7_000 });
    const begin = Date.now();
    const { body } = await deploy(server, 'payment-service', good, key).expect(202);
    expect(body).toEqual({ kind: 'starting', step: 'starting', since: expect.any(Number) });
    expect(body.since).toBeGreaterThanOrEqual(begin);
    expect(Date.now() - begin).toBeLessThan(6_500);
    const [executionId] = await runs();
    expect(await outcomeOf(server, key)).toMatchObject({ kind: 'started', executionId });
  });

  it('is not sent where whoever asked has gone', async () => {
    const server = await start();
    const key = randomUUID();
    await simulator.addFault({ kind: 'slow', path: '/api/pipelines/', delayMs: 1_500 });
    const post = deploy(server, 'payment-service', good, key);
    const gone = post.catch(() => 'gone');
    while ((await ask(server, key)).status === 404) await wait(50);
    post.abort();
    await gone;
    expect(await outcomeOf(server, key)).toMatchObject({
      kind: 'notStarted',
      failure: { message: expect.stringContaining('went away before it was sent; nothing was started') },
    });
    expect(await runs()).toEqual([]);
  });

  it('is sent where one of two who asked has gone', async () => {
    const server = await start();
    const key = randomUUID();
    await simulator.addFault({ kind: 'slow', path: '/api/pipelines/', delayMs: 1_500 });
    const post = deploy(server, 'payment-service', good, key);
    const gone = post.catch(() => 'gone');
    while ((await ask(server, key)).status === 404) await wait(50);
    const other = deploy(server, 'payment-service', good, key).expect(202);
    setTimeout(() => post.abort(), 300);
    expect((await other).body).toMatchObject({ kind: 'started' });
    await gone;
    expect(await runs()).toHaveLength(1);
  });

  it('stays unknown for who asks again, and is found by whoever looks later', async () => {
    const server = await start();
    const key = randomUUID();
    await simulator.addFault(LOST);
    await simulator.addFault(NO_LISTS);
    await deploy(server, 'payment-service', good, key).expect(202);
    const outcome = await outcomeOf(server, key);
    expect(outcome).toMatchObject({
      kind: 'unknown',
      failure: { code: 'OUTCOME_UNKNOWN' },
      url: expect.stringMatching(/\/pipelines\/payment_service_cd\/executions$/),
    });
    expect((await deploy(server, 'payment-service', good, key).expect(202)).body).toEqual(outcome);
    const [executionId, ...others] = await runs();
    expect(others).toEqual([]);

    await simulator.clearFaults();
    await knex('harness_cd_starts').update({ lease_until: 0 });
    const later = await start();
    while ((await ask(later, key)).body.kind === 'unknown') await wait(200);
    expect((await ask(server, key)).body).toMatchObject({ kind: 'started', executionId });
    expect(await runs()).toHaveLength(1);
  });

  describe('whose backend ended', () => {
    const never = new Promise<never>(() => {});

    it('after it was sent, is found and not sent again', async () => {
      const { starts, harnessCd } = await openStarts(own => ({
        deploy: async (...args) => {
          await own.deploy(...args);
          return never;
        },
      }));
      const key = randomUUID();
      await starts.ask(await requestOf(key, harnessCd));
      while ((await runs()).length === 0) await wait(50);
      starts.stop();
      await wait(700);

      const other = await start();
      const [executionId] = await runs();
      expect(await outcomeOf(other, key)).toMatchObject({ kind: 'started', executionId });
      expect((await deploy(other, 'payment-service', good, key).expect(202)).body.executionId).toBe(executionId);
      expect(await runs()).toHaveLength(1);
      expect(event.success).toHaveBeenCalledWith({ meta: expect.objectContaining({ executionId, key }) });
    });

    it('is not taken from a backend that is alive', async () => {
      const { starts, harnessCd } = await openStarts(() => ({ deploy: () => never }));
      const key = randomUUID();
      await starts.ask(await requestOf(key, harnessCd));
      const other = await start();
      await wait(1_500);
      expect((await ask(other, key)).body).toMatchObject({ kind: 'starting', step: 'starting' });
      starts.stop();
    });

    it('before it was sent, started nothing and may be tried anew', async () => {
      const { starts, harnessCd } = await openStarts(() => ({ checkDeploy: () => never }));
      const key = randomUUID();
      await starts.ask(await requestOf(key, harnessCd));
      starts.stop();
      await wait(700);
      const other = await start();
      expect(await outcomeOf(other, key)).toMatchObject({
        kind: 'notStarted',
        failure: { message: 'The backend ended before the deployment was sent; nothing was started.' },
      });
      await deploy(other, 'payment-service', good, key).expect(202);
      expect(await runs()).toHaveLength(1);
    });

    it('is not sent by an owner that comes back too late', async () => {
      let goOn = () => {};
      const { starts, harnessCd } = await openStarts(own => ({
        checkDeploy: async (...args) => {
          await new Promise<void>(resolve => (goOn = resolve));
          return own.checkDeploy(...args);
        },
      }));
      const key = randomUUID();
      const late = await starts.ask(await requestOf(key, harnessCd));
      starts.stop();
      await wait(700);
      const other = await start();
      expect(await outcomeOf(other, key)).toMatchObject({ kind: 'notStarted' });
      goOn();
      expect((await starts.settled(late.start, 5_000)).state).toBe('notStarted');
      expect(await runs()).toEqual([]);
    });

    it('is what its owner knows of it, where others only looked in vain', async () => {
      let goOn = () => {};
      const { starts, harnessCd } = await openStarts(own => ({
        deploy: async (...args) => {
          const started = await own.deploy(...args);
          await new Promise<void>(resolve => (goOn = resolve));
          return started;
        },
      }));
      const key = randomUUID();
      const { start: asked } = await starts.ask(await requestOf(key, harnessCd));
      while ((await runs()).length === 0) await wait(50);
      const unknown = { kind: 'unknown', failure: { code: 'OUTCOME_UNKNOWN' }, url: 'https://h' };
      const taken = { owner: randomUUID(), state: 'unknown', outcome: JSON.stringify(unknown) };
      await knex('harness_cd_starts').where({ key }).update(taken);
      goOn();
      while ((await starts.find(entityRef, key))?.state !== 'started') await wait(50);
      expect((await starts.settled(asked, 1_000)).outcome).toMatchObject({ executionId: (await runs())[0] });
    });

    it('is what a later look finds, be it that a policy refused it', async () => {
      const policy = 'A policy of Harness refused the run: no deployments on Fridays';
      const { starts, harnessCd } = await openStarts(() => ({
        deploy: async () => {
          throw harnessFailure('OUTCOME_UNKNOWN', 'The answer was lost.');
        },
        findStarted: async () => undefined,
        lookForStarted: async (_pipeline, lost) => ({
          found: new Map(lost.map(({ nonce }) => [nonce, harnessFailure('FORBIDDEN', policy)])),
          complete: true,
        }),
      }));
      const key = randomUUID();
      const { start: asked } = await starts.ask(await requestOf(key, harnessCd));
      expect((await starts.settled(asked, 10_000)).state).toBe('unknown');
      await knex('harness_cd_starts').where({ key }).update({ lease_until: 0 });
      await starts.sweep();
      expect((await starts.find(entityRef, key))?.outcome).toMatchObject({
        kind: 'notStarted',
        failure: { code: 'FORBIDDEN', message: policy },
      });
    });

    it('in the core alone, is looked for by the next instance of it', async () => {
      const { starts, harnessCd } = await openStarts(own => ({
        deploy: async (...args) => {
          await own.deploy(...args);
          throw harnessFailure('INTERNAL', 'the Harness CD core failed: unreachable');
        },
      }));
      const { start: asked } = await starts.ask(await requestOf(randomUUID(), harnessCd));
      expect((await starts.settled(asked, 30_000)).outcome).toMatchObject({
        kind: 'started',
        executionId: (await runs())[0],
      });
      expect(await runs()).toHaveLength(1);
    });

    it('in the core alone, is unknown where it cannot be found', async () => {
      const internal = async () => {
        throw harnessFailure('INTERNAL', 'the Harness CD core failed: unreachable');
      };
      const { starts, harnessCd } = await openStarts(() => ({ deploy: internal, findStarted: internal }));
      const { start: asked } = await starts.ask(await requestOf(randomUUID(), harnessCd));
      expect((await starts.settled(asked, 10_000)).outcome).toMatchObject({
        kind: 'unknown',
        failure: { code: 'OUTCOME_UNKNOWN' },
      });
    });
  });

  describe('that stayed unknown', () => {
    /** So many starts whose answers were lost, and that nobody found. */
    async function loseStarts(count: number) {
      await simulator.addFault({ ...LOST, times: count });
      await simulator.addFault(NO_LISTS);
      const { starts, harnessCd, store } = await openStarts(() => ({}));
      const lost = await Promise.all(
        Array.from({ length: count }, async () => (await starts.ask(await requestOf(randomUUID(), harnessCd))).start),
      );
      for (const one of lost) expect((await starts.settled(one, 40_000)).state).toBe('unknown');
      await simulator.clearFaults();
      return {
        starts,
        harnessCd,
        store,
        statesOf: () => Promise.all(lost.map(async ({ key }) => (await store.get(entityRef, key))?.state)),
      };
    }

    /** Its next look is due, so long after it was sent. */
    const makeDue = (sentMsAgo: number) =>
      knex('harness_cd_starts')
        .where({ state: 'unknown' })
        .update({ lease_until: 0, sent_at: Date.now() - sentMsAgo });
    const looks = async () => {
      const paths = (await simulator.requests()).map(({ path: asked }) => asked);
      const count = (part: string) => paths.filter(asked => asked.includes(part)).length;
      return { lists: count('/execution/summary'), notes: count('/notes') };
    };

    it('is found with all others of its pipeline by one look, which asks nothing of runs that are known', async () => {
      const { starts, harnessCd, statesOf } = await loseStarts(3);
      const known = await starts.ask(await requestOf(randomUUID(), harnessCd));
      expect((await starts.settled(known.start, 10_000)).state).toBe('started');
      const all = await runs();
      await makeDue(60_000);
      await simulator.forgetRequests();
      await starts.sweep();
      expect(await statesOf()).toEqual(['started', 'started', 'started']);
      expect(await looks()).toEqual({ lists: 1, notes: 3 });
      expect(await runs()).toEqual(all);
    });

    it('is looked for until a look that was late enough has seen all', async () => {
      const { starts, store, statesOf } = await loseStarts(1);
      const dueTomorrow = async () => (await store.listUnknown(Date.now() + 24 * 60 * 60_000)).length;
      await knex('harness_cd_starts').update({ nonce: 'of-no-run' });
      await makeDue(11 * 60_000);
      await simulator.addFault(NO_LISTS);
      await starts.sweep();
      expect(await dueTomorrow()).toBe(1);
      await simulator.clearFaults();
      await makeDue(9 * 60_000);
      await starts.sweep();
      expect(await dueTomorrow()).toBe(1);
      await makeDue(11 * 60_000);
      await starts.sweep();
      expect(await dueTomorrow()).toBe(0);
      expect(await statesOf()).toEqual(['unknown']);
    });
  });

  it('is in the audit log with all that it is about', async () => {
    const server = await start();
    const key = randomUUID();
    const record = { ...good, environment: 'int-stable', changeTicket: 'CHG-1234' };
    const { body } = await deploy(server, 'payment-service', record, key).expect(202);
    const who = { entityRef, startedBy: 'user:default/mock', key };
    expect(auditor.createEvent).toHaveBeenCalledWith(
      expect.objectContaining({ eventId: 'deployment-create', meta: who, request: expect.anything() }),
    );
    expect(event.success.mock.calls).toEqual([
      [
        {
          meta: {
            ...who,
            ...Simulator.scope,
            pipeline: 'payment_service_cd',
            service: 'payment-service',
            environment: 'int-stable',
            region: 'euw1',
            imageTag: 'v2.3.1',
            changeTicket: 'CHG-1234',
            executionId: body.executionId,
            outcome: 'started',
          },
        },
      ],
    ]);

    await deploy(server, 'payment-service', record, key).expect(202);
    expect(event.success).toHaveBeenLastCalledWith({
      meta: expect.objectContaining({ isRepeat: true, executionId: body.executionId }),
    });
  });

  it('is in the audit log where it was refused before it began', async () => {
    const server = await start();
    await request(server).post(path('payment-service', 'deployments')).send(good).expect(400);
    expect(event.fail).toHaveBeenCalledTimes(1);
  });

  describe('in the history', () => {
    const list = async (server: Server, query = '') =>
      (
        await request(server)
          .get(path('payment-service', `deployments${query}`))
          .expect(200)
      ).body;

    afterEach(async () => {
      await simulator.setListLag(1_000);
      await simulator.setClock({ speed: 1_000 });
    });

    it('is there at once, with who and what, until Harness lists it', async () => {
      const server = await start();
      await simulator.setClock({ speed: 1 });
      await simulator.setListLag(60_000);
      const { totalExecutions } = await list(server);
      const { executionId } = (await deploy(server, 'payment-service', good).expect(202)).body;

      const early = await list(server);
      expect(early.deployments[0]).toMatchObject({
        executionId,
        imageTag: 'v2.3.1',
        environment: 'int_stable',
        environmentName: 'int-stable',
        environmentType: 'PreProduction',
        region: 'euw1',
        startedBy: 'user:default/mock',
        links: { execution: expect.stringContaining(executionId) },
      });
      expect(early.totalExecutions).toBe(totalExecutions + 1);
      const ids = (body: { deployments: Deployment[] }) => body.deployments.map(row => row.executionId);
      expect(ids(await list(server, '?environment=int_stable'))).toContain(executionId);
      for (const excluding of ['?environment=prod', '?status=Failed', '?page=1']) {
        expect(ids(await list(server, excluding))).not.toContain(executionId);
      }

      await simulator.addFault({ kind: 'slow', path: '/execution/v2/', delayMs: 4_000, times: 0 });
      const another = (await deploy(server, 'payment-service', { ...good, imageTag: 'v2.3.2' }).expect(202)).body;
      const begin = performance.now();
      expect((await list(server)).deployments[0]).toMatchObject({ executionId: another.executionId, phase: 'active' });
      expect(performance.now() - begin).toBeLessThan(3_000);
      await simulator.clearFaults();

      await simulator.setClock({ advanceMs: 70_000 });
      let rows: Deployment[] = [];
      while (!rows.some(({ stage }) => stage !== '')) {
        await wait(500);
        rows = (await list(server)).deployments.filter((row: Deployment) => row.executionId === executionId);
      }
      expect(rows).toEqual([expect.objectContaining({ startedBy: 'user:default/mock', executionId })]);
      expect(rows[0].triggeredBy).not.toBe('user:default/mock');
    });
  });

  describe('that is only checked', () => {
    const check = (server: Server, body: object) =>
      request(server).post(path('payment-service', 'deployment-checks')).send(body);

    it('starts nothing', async () => {
      const server = await start();
      expect((await check(server, good).expect(200)).body).toEqual({ kind: 'allowed' });
      const { body } = await check(server, { ...good, imageTag: 'latest' }).expect(200);
      expect(body).toMatchObject({ kind: 'rejected', violations: [{ code: 'IMAGE_TAG_MUTABLE' }] });
      expect(await runs()).toEqual([]);
    });
  });
});
