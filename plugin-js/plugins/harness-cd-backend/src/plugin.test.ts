import type { Server } from 'node:http';
import { mockCredentials, mockServices, startTestBackend } from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import type { Deployment, DeployRequest, RuntimeInput, Violation } from 'backstage-plugin-harness-cd-common';
import { Simulator, stopClocks } from 'harness-cd-test-utils';
import request from 'supertest';
import { component, deploy, path, startBackend } from './__testUtils__/startBackend';
import { waitFor } from './__testUtils__/waitFor';
import { harnessCdPlugin } from './plugin';

jest.setTimeout(60_000);

const good: DeployRequest = {
  service: 'payment-service',
  imageTag: 'v2.3.1',
  environment: 'int-stable',
  region: 'euw1',
};

describe('harnessCdPlugin', () => {
  let simulator: Simulator;
  const auditor = mockServices.auditor.mock();
  const auditorEvent = { success: jest.fn(), fail: jest.fn() };

  beforeAll(async () => {
    simulator = await Simulator.start();
    await simulator.createStorefrontPipeline();
  });

  afterAll(() => simulator?.stop());

  afterEach(() => jest.useRealTimers());

  beforeEach(async () => {
    jest.resetAllMocks();
    auditor.createEvent.mockResolvedValue(auditorEvent);
    await simulator.clearFaults();
    await simulator.forgetRequests();
  });

  async function start(
    decision: AuthorizeResult.ALLOW | AuthorizeResult.DENY = AuthorizeResult.ALLOW,
  ): Promise<Server> {
    const entities = [
      component('payment-service', { 'harness.io/pipeline-url': simulator.pipelineUrl('payment_service_cd') }),
      component('ledger-service', { 'harness.io/pipeline-url': simulator.pipelineUrl('ledger_service_cd') }),
      component('order-service', { 'harness.io/services': `Order: ${simulator.serviceUrl('order_service')}` }),
      component('no-pipeline', {}),
      component('broken', { 'harness.io/pipeline-url': 'https://app.harness.io/somewhere' }),
      component('elsewhere', {
        'harness.io/pipeline-url': simulator.pipelineUrl('payment_service_cd').replace('platform', 'other'),
      }),
      component('shop-build', { 'harness.io/pipeline-url': simulator.pipelineUrl('shop_build') }),
      component('storefront', { 'harness.io/pipeline-url': simulator.pipelineUrl('storefront_release') }),
      component('misspelt', { 'harness.io/pipeline-url': simulator.pipelineUrl('payment_servise_cd') }),
      component('unknown-pipeline', { 'harness.io/pipeline-url': simulator.pipelineUrl('unknown_cd') }),
    ];
    const features = [auditor.factory, mockServices.permissions.factory({ result: decision })];
    return startBackend({ simulator, entities, features });
  }

  describe('deployments', () => {
    it('come newest first, page by page', async () => {
      const server = await start();
      const first = await request(server).get(path('payment-service', 'deployments?pageSize=5')).expect(200);
      const second = await request(server).get(path('payment-service', 'deployments?page=1&pageSize=5')).expect(200);

      expect(first.body).toMatchObject({ page: 0, pageSize: 5 });
      expect(first.body).not.toHaveProperty('failure');
      expect(first.body.totalExecutions).toBeGreaterThan(50);
      const ids = [...first.body.deployments, ...second.body.deployments].map(({ id }: Deployment) => id);
      expect(new Set(ids).size).toBe(ids.length);
      expect(second.body.deployments.length).toBeGreaterThan(0);
    });

    it('are found by the service alone, as the annotations of Harness name it', async () => {
      const server = await start();
      const { body } = await request(server).get(path('order-service', 'deployments?pageSize=5')).expect(200);
      expect(body).not.toHaveProperty('failure');
      expect(body.deployments[0]).toMatchObject({ pipeline: 'order_service_cd' });
    });

    it('can be narrowed to an environment and a status', async () => {
      const server = await start();
      const { body } = await request(server)
        .get(path('payment-service', 'deployments?environment=prod&status=Success&pageSize=50'))
        .expect(200);
      expect(body.deployments.length).toBeGreaterThan(0);
      for (const deployment of body.deployments) {
        expect(deployment).toMatchObject({ environment: 'prod', status: 'Success' });
      }
    });

    it.each(['environment=prod', 'status=Success'])('come once, however they are paged: %s', async filter => {
      const server = await start();
      const ids: string[] = [];
      for (const page of [0, 1, 2]) {
        const query = `deployments?${filter}&page=${page}&pageSize=2`;
        const { body } = await request(server).get(path('payment-service', query)).expect(200);
        ids.push(...body.deployments.map(({ id }: Deployment) => id));
      }
      expect(ids.length).toBeGreaterThan(2);
      expect(ids.filter((id, place) => ids.indexOf(id) !== place)).toEqual([]);
    });

    it('are found by the environment that they wait for', async () => {
      const server = await start();
      const values = { imageTag: 'v2.3.1', targetEnvironment: 'prod', targetRegion: 'euw1' };
      const executionId = await simulator.run('payment_service_cd', values);
      const list = async (query: string): Promise<Deployment[]> => {
        const { body } = await request(server)
          .get(path('payment-service', `deployments?${query}`))
          .expect(200);
        return body.deployments.filter((row: Deployment) => row.executionId === executionId);
      };
      await waitFor(async () => (await list('environment=prod&status=ApprovalWaiting')).length > 0);
      expect(await list('environment=prod')).toMatchObject([{ environment: 'prod', status: 'ApprovalWaiting' }]);
      expect(await list('environment=int_stable')).toEqual([]);
      expect(await list('environment=prod&status=Failed')).toEqual([]);
    });

    it('are searched by region and text, for which Harness is asked nothing more', async () => {
      const server = await start();
      const list = async (query: string) =>
        (
          await request(server)
            .get(path('payment-service', `deployments?${query}`))
            .expect(200)
        ).body;
      // What waits, or was rejected, tells its version once its inputs have been read.
      let all = await list('pageSize=100');
      await waitFor(async () => {
        all = await list('pageSize=100');
        return all.deployments.every(({ wholeRun, version }: Deployment) => !wholeRun || version);
      });
      await simulator.forgetRequests();
      const { version = '', runNumber } = all.deployments.find((row: Deployment) => row.version);
      for (const [query, isWanted] of [
        ['region=euw2', row => row.region === 'euw2'],
        [`text=${version}`, row => row.version?.includes(version)],
        [`text=%23${runNumber}`, row => row.runNumber === runNumber],
        ['text=PAYMENT%20prod&region=euw1', row => row.region === 'euw1' && row.environment === 'prod'],
      ] as const satisfies [string, (row: Deployment) => unknown][]) {
        const { deployments, totalExecutions } = await list(`pageSize=100&${query}`);
        expect([query, deployments]).toEqual([query, all.deployments.filter(isWanted)]);
        expect([query, deployments.length]).not.toEqual([query, 0]);
        const runs = new Set(all.deployments.filter(isWanted).map((row: Deployment) => row.executionId));
        expect([query, totalExecutions]).toEqual([query, runs.size]);
        const { deployments: first } = await list(`${query}&pageSize=1`);
        const [newest] = deployments;
        expect(first).toEqual(deployments.filter((row: Deployment) => row.executionId === newest.executionId));
      }
      expect(await list('text=nobody')).toMatchObject({ deployments: [], totalExecutions: 0 });
      // But for what a look has the record read.
      const asked = (await simulator.requests()).filter(({ query }) => !query.includes('showAllExecutions=true'));
      expect(asked).toEqual([]);
    });

    it('count the runs that deployed nothing, and have a row for each where all are asked for', async () => {
      const server = await start();
      const build = await simulator.createBuildPipeline('shop_build');
      const executionId = await simulator.run(build, {});
      await simulator.setClock({ advanceMs: 60_000 });
      const list = async (query: string) =>
        (
          await request(server)
            .get(path('shop-build', `deployments?${query}`))
            .expect(200)
        ).body;
      await waitFor(async () => (await list('page=0')).ranWithoutDeploying === 1);
      expect(await list('page=0')).toMatchObject({ deployments: [], ranWithoutDeploying: 1, totalExecutions: 1 });
      await simulator.forgetRequests();
      const all = await list('runs=all');
      expect(all).toMatchObject({
        deployments: [{ id: executionId, status: 'Success', wholeRun: true, stage: '', runNumber: 1 }],
        ranWithoutDeploying: 1,
      });
      // Both are one answer of Harness.
      expect(await simulator.requests()).toEqual([]);

      stopClocks();
      jest.advanceTimersByTime(10_000);
      await list('page=0');
      await simulator.addFault({ kind: 'unauthorized', times: 0 });
      // A busy machine answers with what was known before, which may still be read while the clock is turned.
      await waitFor(async () => {
        jest.advanceTimersByTime(10_000);
        return 'failure' in (await list('page=0'));
      });
      expect(await list('page=0')).toMatchObject({ deployments: [], ranWithoutDeploying: 1 });
      expect(await list('runs=all')).toMatchObject({ deployments: all.deployments, failure: { code: 'UNAUTHORIZED' } });
    });

    it('are the last known ones while Harness cannot be asked', async () => {
      const server = await start();
      stopClocks();
      const before = await request(server).get(path('payment-service', 'deployments?pageSize=5')).expect(200);
      jest.advanceTimersByTime(10_000);
      await simulator.addFault({ kind: 'unauthorized', times: 0 });
      const list = () => request(server).get(path('payment-service', 'deployments?pageSize=5')).expect(200);
      // What was known before is told at once, that Harness cannot be asked with the next answer.
      let first = await list();
      await waitFor(async () => {
        jest.advanceTimersByTime(10_000);
        first = await list();
        return first.body.failure !== undefined;
      });
      jest.advanceTimersByTime(10_000);
      const second = await list();

      const ids = (deployments: Deployment[]) => deployments.map(({ id }) => id).sort();
      expect(ids(first.body.deployments)).toEqual(ids(before.body.deployments));
      expect(first.body).toMatchObject({
        asOf: expect.any(Number),
        failure: {
          code: 'UNAUTHORIZED',
          message: expect.any(String),
          hint: expect.stringContaining('apiKey of harnessCd'),
        },
      });
      expect(second.body.failure.since).toBe(first.body.failure.since);
      expect(JSON.stringify(first.body)).not.toContain(Simulator.apiKey);
    });

    it('are those of before, and say so, while Harness takes long to tell those of now', async () => {
      const server = await start();
      stopClocks();
      const list = async () => (await request(server).get(path('payment-service', 'deployments')).expect(200)).body;
      const before = await list();
      expect(before).not.toHaveProperty('asOf');
      jest.advanceTimersByTime(10_000);
      await simulator.addFault({ kind: 'slow', path: '/execution/summary', delayMs: 4_000 });
      expect(await list()).toEqual({ ...before, asOf: expect.any(Number) });
      await waitFor(async () => !('asOf' in (await list())));
    });

    it('refuse a page that is none', async () => {
      const server = await start();
      const { body } = await request(server).get(path('payment-service', 'deployments?page=-1&pageSize=x')).expect(400);
      expect(body.error).toMatchObject({
        code: 'INVALID_REQUEST',
        message:
          'page takes a whole number from 0 to 100000, not “-1”. pageSize takes a whole number from 1 to 100, not “x”',
        hint: 'Correct the query of the address.',
      });
    });

    it('name the status that may have been meant', async () => {
      const server = await start();
      const query = 'status=Success&status=Runing&status=nope';
      const { body } = await request(server)
        .get(path('payment-service', `deployments?${query}`))
        .expect(400);
      expect(body.error.message).toMatch(
        /^status takes .*, not “Runing”; did you mean Running\?\. status takes .*, not “nope”$/,
      );
    });

    it.each([
      'status=nope',
      'status=Failed&status=nope',
      'page=many',
      'pageSize=101',
      'environment=',
      'region=',
      'text=',
      'runs=none',
    ])('refuse %s', async query => {
      const server = await start();
      await request(server)
        .get(path('payment-service', `deployments?${query}`))
        .expect(400);
      expect(await simulator.requests()).toEqual([]);
    });

    it('say what Harness takes for a wrong question as one, and not as an outage', async () => {
      const server = await start();
      await simulator.addFault({ kind: 'serverError', status: 400, path: '/execution/summary' });
      const { body } = await request(server).get(path('payment-service', 'deployments')).expect(400);
      expect(body.error.code).toBe('INVALID_REQUEST');
    });

    it('are none on a page behind the last, with how many there are', async () => {
      const server = await start();
      const { body } = await request(server).get(path('payment-service', 'deployments?page=999')).expect(200);
      expect(body).toMatchObject({ deployments: [], page: 999, totalExecutions: expect.any(Number) });
      expect(body).not.toHaveProperty('failure');
      expect(body.totalExecutions).toBeGreaterThan(50);
    });

    it('say that the pipeline is in another project', async () => {
      const server = await start();
      const { body } = await request(server).get(path('elsewhere', 'deployments')).expect(400);
      expect(body.error.code).toBe('WRONG_SCOPE');
      expect(body.error.message).toMatch(/project default\/other.*allows default\/platform/);
      expect(await simulator.requests()).toEqual([]);
    });

    it('say that the annotation cannot be read', async () => {
      const server = await start();
      const { body } = await request(server).get(path('broken', 'deployments')).expect(400);
      expect(body.error.code).toBe('INVALID_CONFIG');
      expect(body.error.message).toContain('harness.io/pipeline-url');
    });
  });

  it('does not tell an invisible entity from one that does not exist', async () => {
    const server = await start();
    for (const rest of ['deployments', 'deploy-target', 'executions/abc']) {
      await request(server).get(path('nowhere', rest)).expect(404);
    }
    await deploy(server, 'nowhere', good).expect(404);
  });

  it('answers 404 where no pipeline is named', async () => {
    const server = await start();
    const { body } = await request(server).get(path('no-pipeline', 'deployments')).expect(404);
    expect(body.error).toMatchObject({ code: 'PIPELINE_NOT_FOUND', hint: expect.stringContaining('pipeline-url') });
    await request(server).get(path('no-pipeline', 'deploy-target')).expect(404);
  });

  it('wants a person, with permission', async () => {
    const server = await start(AuthorizeResult.DENY);
    for (const rest of ['deployments', 'deploy-target', 'executions/abc']) {
      await request(server).get(path('payment-service', rest)).expect(403);
    }
    const { body } = await deploy(server, 'payment-service', good).expect(403);
    expect(body.error.message).toContain('harness-cd.deployment.read');
    const anonymous = mockCredentials.none.header();
    await request(server).get(path('payment-service', 'deployments')).set('Authorization', anonymous).expect(401);
    const service = mockCredentials.service.header();
    await deploy(server, 'payment-service', good).set('Authorization', service).expect(403);
    expect(await simulator.requests()).toEqual([]);
  });

  it('takes an annotation that cannot be read for no outage', async () => {
    const server = await start();
    const { body } = await request(server).get(path('broken', 'deploy-target')).expect(400);
    expect(body.error).toMatchObject({ code: 'INVALID_CONFIG', hint: "Correct the annotation in the entity's file." });
    await deploy(server, 'broken', good).expect(400);
  });

  describe('what a deployment is checked against', () => {
    const target = async (server: Server, name: string) =>
      (await request(server).get(path(name, 'deploy-target')).expect(200)).body;

    it('is the rules of a service of the config repo, and what its live pipeline asks for', async () => {
      const server = await start();
      const body = await target(server, 'payment-service');
      expect(body.pipeline).toBe('payment_service_cd');
      expect(body.url).toContain('/pipelines/payment_service_cd/');
      expect(body.rules).toMatchObject({ service: 'payment-service', pipeline: 'payment_service_cd' });
      const environments = body.rules.environments.map(({ name }: { name: string }) => name);
      expect(environments).toEqual(['int-stable', 'pre-stable', 'prod']);
      const names = body.inputs.map(({ name }: RuntimeInput) => name);
      const record = ['changeTicket', 'rollbackPlan', 'businessJustification'];
      expect(names).toEqual(['imageTag', 'targetEnvironment', 'targetRegion', ...record]);
      for (const absent of ['yaml', 'asOf', 'failure']) expect(body).not.toHaveProperty(absent);
    });

    it('is what any other pipeline asks for, with what it allows, and no rules', async () => {
      const server = await start();
      const body = await target(server, 'storefront');
      expect(body).toMatchObject({ pipeline: 'storefront_release' });
      expect(body).not.toHaveProperty('rules');
      expect(body.inputs).toHaveLength(7);
      expect(body.inputs[1]).toMatchObject({
        name: 'market',
        default: 'europe',
        allowedValues: ['europe', 'america', 'asia'],
      });
      expect(body.inputs[6].pointer).toBe('/pipeline/stages/0/stage/spec/environment/environmentRef');
    });

    it('is read once for a while, and is the last known while Harness is away', async () => {
      const server = await start();
      stopClocks();
      for (const _ of [1, 2]) await target(server, 'storefront');
      expect(await simulator.requests()).toHaveLength(1);
      jest.advanceTimersByTime(60_000);
      await simulator.addFault({ kind: 'unauthorized', times: 0 });
      const body = await target(server, 'storefront');
      expect(body.inputs).toHaveLength(7);
      expect(body).toMatchObject({ asOf: expect.any(Number), failure: { code: 'UNAUTHORIZED' } });
    });

    it('is the one of before, and says so, while Harness takes long to tell that of now', async () => {
      const server = await start();
      stopClocks();
      const before = await target(server, 'storefront');
      jest.advanceTimersByTime(60_000);
      await simulator.addFault({ kind: 'slow', delayMs: 4_000 });
      expect(await target(server, 'storefront')).toEqual({ ...before, asOf: expect.any(Number) });
      await waitFor(async () => !('asOf' in (await target(server, 'storefront'))));
    });

    it('names the failure where Harness has no such pipeline', async () => {
      const server = await start();
      const body = await target(server, 'unknown-pipeline');
      const failure = expect.objectContaining({ code: 'PIPELINE_NOT_FOUND' });
      expect(body).toEqual({ pipeline: 'unknown_cd', scope: Simulator.scope, failure });
    });

    it('names the pipeline that may have been meant', async () => {
      const { failure } = await target(await start(), 'misspelt');
      expect(failure).toMatchObject({
        code: 'PIPELINE_NOT_FOUND',
        hint: expect.stringMatching(/^Did you mean payment_service_cd\?/),
      });
    });

    it('has the rules also where Harness cannot be asked', async () => {
      const server = await start();
      await simulator.addFault({ kind: 'unauthorized', times: 0 });
      const body = await target(server, 'payment-service');
      expect(body).toMatchObject({ rules: { service: 'payment-service' }, failure: { code: 'UNAUTHORIZED' } });
      expect(body).not.toHaveProperty('inputs');
      const failure = expect.objectContaining({ code: 'UNAUTHORIZED' });
      expect(await target(server, 'storefront')).toEqual({
        pipeline: 'storefront_release',
        scope: Simulator.scope,
        failure,
      });
    });

    it('does not let the rules wait for a slow Harness', async () => {
      const server = await start();
      await simulator.addFault({ kind: 'slow', delayMs: 3_000 });
      const early = await target(server, 'payment-service');
      expect(Object.keys(early)).toEqual(['pipeline', 'scope', 'rules']);
      await waitFor(async () => (await target(server, 'payment-service')).inputs?.length === 6);
      expect(await simulator.requests()).toHaveLength(1);
    });
  });

  describe('deploying a pipeline that is in no config repo', () => {
    it('starts it with its own inputs', async () => {
      const server = await start();
      const inputs = { version: 'v4.1.0', market: 'asia', smokeTests: ['search'], maintenancePage: true };
      const { body } = await deploy(server, 'storefront', { inputs }).expect(202);
      expect(await simulator.runsStarted()).toBe(1);
      const history = await request(server).get(path('storefront', 'deployments')).expect(200);
      const started = history.body.deployments.find((row: Deployment) => row.executionId === body.executionId);
      expect(started).toMatchObject({ pipeline: 'storefront_release', environment: 'int_stable' });
    });

    it('answers with every violation, and starts nothing', async () => {
      const server = await start();
      const inputs = { version: 'latest', market: 'mars', note: '<+secrets.getValue("key")>', serviceInputs: 'x' };
      const { body } = await deploy(server, 'storefront', { imageTag: 'v1', inputs }).expect(400);
      const found = body.violations.map(({ code, path: at }: Violation) => `${code} ${at}`);
      expect(found).toEqual([
        'FIELD_UNKNOWN /imageTag',
        'VALUE_MALFORMED /inputs/version',
        'VALUE_NOT_ALLOWED /inputs/market',
        'EXPRESSION_FORBIDDEN /inputs/note',
        'INPUT_UNKNOWN /inputs/serviceInputs',
      ]);
      expect(await simulator.runsStarted()).toBe(0);
    });
  });

  describe('deploying', () => {
    it('starts one execution, which can be followed, and is in the history at once', async () => {
      const server = await start();
      await request(server).get(path('payment-service', 'deployments')).expect(200);
      const { body } = await deploy(server, 'payment-service', good).expect(202);
      expect(body).toMatchObject({ kind: 'started', executionId: expect.any(String), url: expect.any(String) });
      expect(await simulator.runsStarted()).toBe(1);
      expect(auditorEvent.success).toHaveBeenCalledWith({
        meta: expect.objectContaining({ executionId: body.executionId }),
      });

      const execution = path('payment-service', `executions/${body.executionId}`);
      const progress = await request(server).get(execution).expect(200);
      expect(progress.body).toMatchObject({ executionId: body.executionId, pipeline: 'payment_service_cd' });

      const history = await request(server).get(path('payment-service', 'deployments')).expect(200);
      const started = history.body.deployments.find((row: Deployment) => row.executionId === body.executionId);
      expect(started).toMatchObject({ environment: 'int_stable', region: 'euw1' });
    });

    it('answers with every violation and calls nobody', async () => {
      const server = await start();
      const wrong = { ...good, imageTag: 'latest', region: 'mars', colour: 'red' };
      const { body } = await deploy(server, 'payment-service', wrong).expect(400);
      expect(body.kind).toBe('rejected');
      const codes = body.violations.map(({ code }: { code: string }) => code);
      expect(codes).toEqual(expect.arrayContaining(['IMAGE_TAG_MUTABLE', 'REGION_UNKNOWN', 'FIELD_UNKNOWN']));
      expect(await simulator.requests()).toEqual([]);
      expect(auditorEvent.fail).toHaveBeenCalledWith(
        expect.objectContaining({ meta: expect.objectContaining({ outcome: 'rejected', violations: codes }) }),
      );
    });

    it('tells mistakes also while Harness is away', async () => {
      const server = await start();
      await simulator.addFault({ kind: 'unauthorized', times: 0 });
      const wrong = { ...good, region: 'mars' };
      await deploy(server, 'payment-service', wrong).expect(400);
      await deploy(server, 'payment-service', good).expect(503);
    });

    it.each(['', '{', '[]', '"text"', '{"imageTag":'])('takes %p for no request', async text => {
      const server = await start();
      const { body } = await request(server)
        .post(path('payment-service', 'deployments'))
        .set('Idempotency-Key', 'text-of-ana')
        .set('content-type', 'application/json')
        .send(text)
        .expect(400);
      expect(body.violations[0].code).toBe('REQUEST_MALFORMED');
    });

    it('says what Harness refused, with its code', async () => {
      const server = await start();
      await simulator.addFault({ kind: 'forbidden', path: '/pipeline/execute' });
      const { body } = await deploy(server, 'payment-service', good).expect(403);
      expect(body.error).toMatchObject({ code: 'FORBIDDEN', hint: expect.any(String) });
      expect(auditorEvent.fail).toHaveBeenCalledTimes(1);
    });

    it('starts one execution where the answer was lost', async () => {
      const server = await start();
      await simulator.addFault({ kind: 'badGatewayAfterAccept', path: '/pipeline/execute' });
      const { body } = await deploy(server, 'payment-service', good).expect(202);
      expect(body.executionId).toEqual(expect.any(String));
      expect(await simulator.runsStarted()).toBe(1);
    });
  });

  it('shows no execution of another pipeline', async () => {
    const server = await start();
    const { body } = await request(server).get(path('ledger-service', 'deployments?pageSize=1')).expect(200);
    const execution = `executions/${body.deployments[0].executionId}`;
    const own = await request(server).get(path('ledger-service', execution)).expect(200);
    expect(own.body).toMatchObject({ org: 'default', project: 'platform', pipeline: 'ledger_service_cd' });

    const other = await request(server).get(path('payment-service', execution)).expect(404);
    expect(other.body.error).toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringContaining('no execution of the pipeline payment_service_cd'),
    });
    expect(JSON.stringify(other.body)).not.toContain('ledger');
  });

  it('shows no execution that Harness does not know', async () => {
    const server = await start();
    const { body } = await request(server).get(path('payment-service', 'executions/does-not-exist')).expect(404);
    expect(body.error.code).toBe('NOT_FOUND');
  });

  it.each([
    [{ apiKey: undefined }, /harnessCd\.apiKey is missing/],
    [{ apiKey: 'a key' }, /harnessCd in app-config, account demo-account: the API key .* holds a space/],
    [
      { baseUrl: 'app.harness.io' },
      /harnessCd in app-config, account demo-account: the base URL .* https:\/\/app\.harness\.io/,
    ],
  ])('does not start with %p', async (wrong, sentence) => {
    const harnessCd = { ...simulator.config.harnessCd, ...wrong };
    const backend = startTestBackend({
      features: [
        harnessCdPlugin,
        catalogServiceMock.factory(),
        mockServices.rootConfig.factory({ data: { harnessCd } }),
      ],
    });
    await expect(backend).rejects.toThrow(sentence);
  });
});
