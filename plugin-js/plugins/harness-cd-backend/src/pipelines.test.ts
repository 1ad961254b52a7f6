import type { Server } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { mockServices } from '@backstage/backend-test-utils';
import type { Deployment } from 'backstage-plugin-harness-cd-common';
import { Simulator, stopClocks } from 'harness-cd-test-utils';
import request from 'supertest';
import { component, deploy, path, startBackend } from './__testUtils__/startBackend';
import { waitFor } from './__testUtils__/waitFor';

jest.setTimeout(60_000);

const ACCOUNT = 'second-account';
const API_KEY = 'pat.second-account.simulated.0123456789abcdef';

const STEP = { step: { identifier: 'w', name: 'w', type: 'Wait', spec: { duration: '5s' } } };

/** A pipeline that asks for nothing. */
function pipeline(identifier: string, project: string, tags: Record<string, string>): string {
  return JSON.stringify({
    pipeline: {
      identifier,
      name: identifier.replace(/_/g, ' '),
      orgIdentifier: 'default',
      projectIdentifier: project,
      tags,
      stages: [{ stage: { identifier: 's', name: 's', type: 'Custom', spec: { execution: { steps: [STEP] } } } }],
    },
  });
}

/** A pipeline of the example's project that deploys two services, and says of nobody that it is theirs. */
function shared(): string {
  const stageOf = (service: string) => ({
    stage: {
      identifier: service,
      name: service,
      type: 'Deployment',
      spec: {
        deploymentType: 'Kubernetes',
        service: { serviceRef: service },
        environment: { environmentRef: 'int_stable', infrastructureDefinitions: [{ identifier: 'int_stable_euw1' }] },
        execution: { steps: [STEP] },
      },
    },
  });
  const { pipeline: plain } = JSON.parse(pipeline('ship_all', 'platform', {}));
  return JSON.stringify({ pipeline: { ...plain, stages: ['payment_service', 'ledger_service'].map(stageOf) } });
}

describe('the pipelines of an entity', () => {
  let first: Simulator;
  let second: Simulator;
  let server: Server;
  const auditor = mockServices.auditor.mock();
  const event = { success: jest.fn(), fail: jest.fn() };

  beforeAll(async () => {
    [first, second] = await Promise.all([
      Simulator.start({ pipelines: [pipeline('run_shop', 'shops', { service: 'shop' })] }),
      Simulator.start({
        account: ACCOUNT,
        apiKey: API_KEY,
        pipelines: [pipeline('run_shop', 'shops', { service: 'shop' }), pipeline('run_shop', 'backup', {})],
      }),
    ]);
    const pages = [
      `one: ${first.pipelineUrl('run_shop', 'shops')}`,
      `two: ${second.pipelineUrl('run_shop', 'shops')}`,
      `elsewhere: ${second.pipelineUrl('run_shop', 'backup')}`,
    ];
    const entities = [
      component('shop', { 'harness.io/pipelines': pages.join('\n') }),
      component('payments', {
        'harness.io/project-url': first.pipelineUrl('x').replace(/\/pipelines.*/, ''),
        'harness.io/cd-serviceId': 'payment_service, ledger_service',
      }),
      component('ships-all', { 'harness.io/pipeline-url': first.pipelineUrl('ship_all') }),
      component('payment-alone', { 'harness.io/services': first.serviceUrl('payment_service') }),
      component('named-too', {
        'harness.io/pipeline-url': first.pipelineUrl('ship_all'),
        'harness.io/services': first.serviceUrl('payment_service'),
      }),
      component('project-alone', { 'harness.io/project-url': first.pipelineUrl('x').replace(/\/pipelines.*/, '') }),
      component('payment-service', {}),
      component('nobody', {}),
      component('never-deployed', { 'harness.io/services': `x: ${first.serviceUrl('nothing')}` }),
    ];
    auditor.createEvent.mockResolvedValue(event);
    const accounts = [
      first.accountConfig(['default/platform', 'default/shops']),
      second.accountConfig(['default/sh*']),
    ];
    server = await startBackend({ simulator: first, entities, features: [auditor.factory], harnessCd: { accounts } });
  });

  afterAll(async () => {
    await Promise.all([first, second].map(simulator => simulator?.stop()));
  });

  beforeEach(async () => {
    await Promise.all([first, second].map(simulator => simulator.clearFaults()));
  });

  afterEach(() => jest.useRealTimers());

  const get = (name: string, rest: string) => request(server).get(path(name, rest));

  it('are listed with their labels and places', async () => {
    const { body } = await get('shop', 'pipelines').expect(200);
    const scope = (account: string, project: string) => ({ account, org: 'default', project });
    expect(body).toEqual({
      pipelines: [
        { label: 'one', pipeline: 'run_shop', scope: scope('demo-account', 'shops') },
        { label: 'two', pipeline: 'run_shop', scope: scope(ACCOUNT, 'shops') },
        { label: 'elsewhere', pipeline: 'run_shop', scope: scope(ACCOUNT, 'backup') },
      ],
      offers: [],
      problems: [],
      failures: [],
    });
  });

  it('of two accounts have histories, runs and starts of their own, though all is called alike', async () => {
    const key = 'one-key-for-both-accounts';
    const { body } = await request(server)
      .post(path('shop', 'deployments?pipeline=two'))
      .set('Idempotency-Key', key)
      .send({ inputs: {} })
      .expect(202);
    expect(body).toMatchObject({ kind: 'started', url: expect.stringContaining(`/account/${ACCOUNT}/`) });
    expect([(await first.runs()).length, (await second.runs()).length]).toEqual([0, 1]);
    expect(event.success.mock.lastCall[0].meta).toMatchObject({ account: ACCOUNT, project: 'shops' });

    const other = await request(server)
      .post(path('shop', 'deployments?pipeline=one'))
      .set('Idempotency-Key', key)
      .send({ inputs: {} })
      .expect(409);
    expect(other.body.error.message).toContain('is that of another request');
    expect(await first.runs()).toEqual([]);

    await get('shop', `executions/${body.executionId}?pipeline=two`).expect(200);
    await get('shop', `executions/${body.executionId}`).expect(404);
    const rows = async (label: string): Promise<string[]> => {
      // It deploys nothing.
      const answer = await get('shop', `deployments?runs=all&pipeline=${label}`).expect(200);
      return answer.body.deployments.map(({ executionId }: Deployment) => executionId);
    };
    expect(await rows('two')).toContain(body.executionId);
    expect(await rows('one')).not.toContain(body.executionId);
  });

  it('of one account are there while another account refuses its key', async () => {
    stopClocks();
    jest.advanceTimersByTime(3_600_000);
    await second.addFault({ kind: 'unauthorized', times: 0 });
    expect((await get('shop', 'deployments').expect(200)).body).not.toHaveProperty('failure');
    const look = () => get('shop', 'deployments?pipeline=two').expect(200);
    let { body } = await look();
    // What is known is there at once, and that the key is refused as soon as it has been.
    await waitFor(async () => {
      ({ body } = await look());
      return body.failure !== undefined;
    });
    expect(body.failure).toMatchObject({ code: 'UNAUTHORIZED' });
    expect(JSON.stringify(body)).not.toContain(API_KEY);
  });

  it('out of reach are refused with the line of the configuration', async () => {
    await second.forgetRequests();
    const { body } = await get('shop', 'deploy-target?pipeline=elsewhere').expect(400);
    expect(body.error).toMatchObject({
      code: 'WRONG_SCOPE',
      message: expect.stringContaining('app-config allows default/sh* there (harnessCd.accounts[1].projects)'),
      hint: expect.stringContaining('allow default/backup in harnessCd.accounts[1].projects'),
    });
    await request(server)
      .post(path('shop', 'deployments?pipeline=elsewhere'))
      .set('Idempotency-Key', 'a-key-of-elsewhere')
      .send({})
      .expect(400);
    expect(await second.requests()).toEqual([]);
  });

  it('are asked for by one label that there is', async () => {
    const { body } = await get('shop', 'deploy-target?pipeline=three').expect(404);
    expect(body.error.message).toContain('has no pipeline called three; it has one, two, elsewhere.');
    await get('shop', 'deploy-target?pipeline=one&pipeline=two').expect(400);
  });

  it('are found by the services that they deployed lately; of a shared one the rows are those of the service', async () => {
    await first.createPipeline(shared());
    const executionId = await first.run('ship_all', {});
    const rows = async (name: string, query: string): Promise<Deployment[]> =>
      (await get(name, `deployments?${query}`).expect(200)).body.deployments;
    const ofRun = async (name: string, query: string) =>
      (await rows(name, query)).filter(row => row.executionId === executionId).map(({ service }) => service);
    while ((await ofRun('ships-all', '')).length < 2 || (await ofRun('ships-all', '')).includes(undefined))
      await wait(200);
    expect((await ofRun('ships-all', '')).sort()).toEqual(['ledger_service', 'payment_service']);

    const { body } = await get('payments', 'pipelines').expect(200);
    const labels = body.pipelines.map(({ label }: { label: string }) => label);
    expect(labels.sort()).toEqual(['ledger-service-cd', 'payment-service-cd', 'ship all']);
    expect((await ofRun('payment-alone', 'pipeline=ship+all')).sort()).toEqual(['payment_service']);
    expect((await ofRun('named-too', '')).sort()).toEqual(['payment_service']);
    // A tag that names somebody else refuses, however the pipeline was found.
    await get('payments', 'deployments?pipeline=ledger-service-cd').expect(403);
  });

  it('of a service that nothing deployed are none, and the answer says so', async () => {
    const { body } = await get('never-deployed', 'pipelines').expect(200);
    expect(body).toMatchObject({ pipelines: [], offers: [], failures: [{ code: 'PIPELINE_NOT_FOUND' }] });
    const { body: history } = await get('never-deployed', 'deployments').expect(404);
    expect(history.error.message).toContain('deployed the service nothing lately');
  });

  it('are none by a project alone, and the answer says what to add', async () => {
    const { body } = await get('project-alone', 'pipelines').expect(200);
    expect(body).toMatchObject({ pipelines: [], offers: [], failures: [] });
    expect(body.problems).toEqual([expect.stringMatching(/project-url .*: a project alone names no pipeline.*add/)]);
  });

  it('are offered to an entity that names none, by their tag, and to no other', async () => {
    const { body } = await get('payment-service', 'pipelines').expect(200);
    expect(body.offers).toEqual([
      {
        name: 'payment-service-cd',
        scope: Simulator.scope,
        url: expect.stringMatching(/\/pipelines\/payment_service_cd\/pipeline-studio$/),
      },
    ]);
    expect((await get('nobody', 'pipelines').expect(200)).body).toMatchObject({ offers: [], failures: [] });
  });

  it('are offered to whoever may see deployments', async () => {
    const denied = await startBackend({
      simulator: first,
      entities: [component('payment-service', {})],
      features: [mockServices.permissions.factory({ result: AuthorizeResult.DENY })],
    });
    await request(denied).get(path('payment-service', 'pipelines')).expect(403);
  });
});

describe('a portal without a config repo', () => {
  let simulator: Simulator;

  beforeAll(async () => {
    simulator = await Simulator.start();
  });

  afterAll(() => simulator?.stop());

  it('runs a pipeline by its own inputs, and by the rule of whose it is', async () => {
    const url = simulator.pipelineUrl('payment_service_cd');
    const server = await startBackend({
      simulator,
      entities: ['payment-service', 'impostor'].map(name => component(name, { 'harness.io/pipeline-url': url })),
      harnessCd: { accounts: [simulator.accountConfig(['default/platform'])] },
    });
    const { body } = await request(server).get(path('payment-service', 'deploy-target')).expect(200);
    expect(body).not.toHaveProperty('rules');
    expect(body.inputs.map(({ name }: { name: string }) => name)).toContain('imageTag');
    const inputs = { imageTag: 'v2.3.1', targetEnvironment: 'int-stable', targetRegion: 'euw1' };
    await deploy(server, 'payment-service', { inputs }).expect(202);
    await deploy(server, 'impostor', { inputs }).expect(403);
    expect(await simulator.runs()).toHaveLength(1);
  });
});
