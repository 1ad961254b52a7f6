import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { BackendFeature } from '@backstage/backend-plugin-api';
import { mockServices } from '@backstage/backend-test-utils';
import type { HarnessClient } from 'harness-cd-wasm';
import { ConfigRepos } from './ConfigRepos';
import { DefaultHarnessCdService, type HarnessCdService } from './HarnessCdService';
import { harnessCdServiceRef } from './service';
import { exampleConfigRepo, Simulator, startPlugins, stopClocks } from 'harness-cd-test-utils';

jest.setTimeout(60_000);

describe('harnessCdServiceRef', () => {
  let simulator: Simulator;

  beforeAll(async () => {
    simulator = await Simulator.start();
  });

  afterAll(() => simulator?.stop());

  beforeEach(async () => {
    await simulator.clearFaults();
    await simulator.forgetRequests();
  });

  afterEach(() => jest.useRealTimers());

  /** The services that two plugins of one backend get. */
  async function startTwoPlugins(
    options: { harnessCd?: object; features?: BackendFeature[] } = {},
  ): Promise<HarnessCdService[]> {
    const harnessCdConfig = { ...simulator.config.harnessCd, ...options.harnessCd };
    const rootConfig = mockServices.rootConfig.factory({ data: { harnessCd: harnessCdConfig } });
    return simulator.startBackend(() =>
      startPlugins(harnessCdServiceRef, {
        pluginIds: ['one', 'another'],
        features: [rootConfig, ...(options.features ?? [])],
      }),
    );
  }

  it('is one for all plugins of a backend, and of no other backend', async () => {
    const [one, another] = await startTwoPlugins();
    expect(another).toBe(one);
    expect((await startTwoPlugins())[0]).not.toBe(one);
  });

  describe('at start', () => {
    const logger = mockServices.rootLogger.mock();

    beforeEach(() => {
      jest.resetAllMocks();
      logger.child.mockReturnValue(logger);
    });

    const warnings = () => logger.warn.mock.calls.map(([message]) => message);

    it('has nothing to say where all is well', async () => {
      await startTwoPlugins({ features: [logger.factory] });
      await wait(200); // an answer of Harness takes its way into the log
      expect(warnings()).toEqual([]);
    });

    it.each([
      [{ apiKey: `${Simulator.apiKey}0` }, /account demo-account, organization default, .*API key was refused/],
      [{ account: 'other' }, /account other, organization default, project platform, which harnessCd in app-config/],
      [{ project: 'other' }, /project other, which harnessCd in app-config names: .*do not fit together/],
      [{ apikey: 'k', configrepo: '.' }, /nothing reads: harnessCd\.apikey, harnessCd\.configrepo\. The keys/],
    ])('warns once of %p', async (wrong, sentence) => {
      await startTwoPlugins({ harnessCd: wrong, features: [logger.factory] });
      while (warnings().length === 0) await wait(10);
      expect(warnings()).toEqual([expect.stringMatching(sentence)]);
      expect(String(warnings())).not.toContain(Simulator.apiKey);
    });
  });

  const payment = { ...Simulator.scope, pipeline: 'payment_service_cd' };

  it('reads no pipeline of another project for one of its own', async () => {
    const [harnessCd] = await startTwoPlugins();
    await harnessCd.getPipeline(payment);
    for (const other of [{ account: 'other' }, { org: 'other' }, { project: 'other' }]) {
      const asked = harnessCd.getPipeline({ ...payment, ...other });
      await expect(asked).rejects.toMatchObject({ code: 'WRONG_SCOPE', message: expect.stringMatching(/other/) });
    }
    expect(await simulator.requests()).toHaveLength(1);
  });

  it('asks each account by its own key, and knows two pipelines of one name apart', async () => {
    const apiKey = 'pat.other-account.simulated.0123456789abcdef';
    const other = await Simulator.start({ account: 'other-account', apiKey });
    try {
      const accounts = [simulator, other].map(each => each.accountConfig(['default/*']));
      const [harnessCd] = await startPlugins(harnessCdServiceRef, {
        pluginIds: ['one'],
        features: [mockServices.rootConfig.factory({ data: { harnessCd: { accounts } } })],
      });
      for (const each of [simulator, other]) await each.forgetRequests();
      const theirs = { ...payment, account: 'other-account' };
      for (const ref of [payment, theirs, payment, theirs]) {
        const { value } = await harnessCd.getPipeline(ref);
        expect(value.url).toContain(`/account/${ref.account}/`);
        expect(await harnessCd.deployRules(ref)).toBeUndefined();
        const { deployments } = await harnessCd.listDeployments(ref, { pipelines: [ref.pipeline], size: 1 });
        expect(deployments[0].links?.execution).toContain(`/account/${ref.account}/`);
      }
      for (const each of [simulator, other]) {
        const requests = await each.requests();
        expect(requests.filter(({ status }) => status !== 200)).toEqual([]);
        expect(requests.filter(({ method }) => method === 'GET')).toHaveLength(1);
      }
    } finally {
      await other.stop();
    }
  });

  it('hides nothing of an account behind another one whose key is none, or whose Harness is away', async () => {
    const logger = mockServices.rootLogger.mock();
    logger.child.mockReturnValue(logger);
    const accounts = [
      { id: 'broken', apiKey: 'sec ret', projects: ['a/b'] },
      { ...simulator.accountConfig(['default/platform']), id: 'gone', baseUrl: 'http://127.0.0.1:1' },
      simulator.accountConfig(['default/platform']),
    ];
    const [harnessCd] = await startPlugins(harnessCdServiceRef, {
      pluginIds: ['one'],
      features: [mockServices.rootConfig.factory({ data: { harnessCd: { accounts } } }), logger.factory],
    });
    expect((await harnessCd.getPipeline(payment)).value.identifier).toBe('payment_service_cd');
    const ofBroken = harnessCd.getPipeline({ account: 'broken', org: 'a', project: 'b', pipeline: 'p' });
    await expect(ofBroken).rejects.toMatchObject({
      code: 'INVALID_CONFIG',
      message: expect.stringContaining('account broken'),
    });
    expect(logger.error.mock.calls.flat().join()).toContain('harnessCd in app-config, account broken');
    expect(JSON.stringify(logger.error.mock.calls)).not.toContain('sec ret');
  });

  it('has the rules of a config repo for its part of Harness alone', async () => {
    const accounts = [
      simulator.accountConfig(['default/*']),
      { id: 'second', apiKey: 'k', projects: ['default/platform'], baseUrl: 'http://127.0.0.1:1' },
    ];
    const of = async (configRepos: object[]) => {
      const [harnessCd] = await startPlugins(harnessCdServiceRef, {
        pluginIds: ['one'],
        features: [mockServices.rootConfig.factory({ data: { harnessCd: { accounts, configRepos } } })],
      });
      return harnessCd;
    };
    const elsewhere = { ...payment, account: 'second' };
    const bound = await of([
      { path: exampleConfigRepo, account: 'demo-account', org: 'default' },
      { path: '/nowhere', account: 'demo-account', org: 'default', project: 'other' },
    ]);
    expect(await bound.deployRules(payment)).toMatchObject({ pipeline: 'payment_service_cd' });
    expect(await bound.deployRulesOfService(payment, 'payment_service')).toMatchObject({ service: 'payment-service' });
    expect(await bound.deployRules(elsewhere)).toBeUndefined();
    // What may have rules that cannot be read is not run without them.
    await expect(bound.deployRules({ ...payment, project: 'other' })).rejects.toMatchObject({ code: 'INVALID_CONFIG' });
    const free = await of([{ path: exampleConfigRepo }]);
    expect(await free.deployRules(elsewhere)).toMatchObject({ pipeline: 'payment_service_cd' });
  });

  it('finds the pipelines of a service by what deployed it, and those of a tag', async () => {
    const [harnessCd] = await startTwoPlugins();
    for (const _time of [1, 2]) {
      expect(await harnessCd.pipelinesThatDeployed(payment, 'payment_service')).toEqual([
        { pipeline: 'payment_service_cd', name: 'payment-service-cd' },
      ]);
      expect(await harnessCd.pipelinesTagged(payment, 'payment-service')).toEqual([
        {
          pipeline: 'payment_service_cd',
          name: 'payment-service-cd',
          url: expect.stringMatching(/projects\/platform\/pipelines\/payment_service_cd\/pipeline-studio$/),
        },
      ]);
    }
    expect(await simulator.requests()).toHaveLength(2);
    expect(await harnessCd.pipelinesThatDeployed(payment, 'nothing')).toEqual([]);
    await expect(harnessCd.pipelinesTagged({ ...payment, org: 'x' }, 'y')).rejects.toMatchObject({
      code: 'WRONG_SCOPE',
    });
  });

  it('logs what it leaves out of a history in one line', async () => {
    const [harnessCd] = await startTwoPlugins();
    const logger = mockServices.logger.mock();
    const quarantined = [0, 1, 2].map(row => ({ pointer: `/data/content/${row}`, reason: 'a row is an object' }));
    const client: Partial<HarnessClient> = {
      listDeployments: async () => JSON.stringify({ deployments: [], quarantined }),
    };
    const [reach] = harnessCd.accounts;
    const own = new DefaultHarnessCdService({
      accounts: [{ reach, client: client as HarnessClient }],
      configRepos: new ConfigRepos([]),
      logger,
      trust: 'read',
    });
    expect((await own.listDeployments(payment, {})).quarantined).toEqual(quarantined);
    expect(logger.warn.mock.calls).toEqual([
      [
        'Left 3 rows out of the history that cannot be read; the first: a row is an object',
        { pointer: '/data/content/0' },
      ],
    ]);
  });

  describe('whose a pipeline is', () => {
    const target = { entityRef: 'component:default/payment-service', pipeline: payment };

    it('is asked for once in minutes', async () => {
      const [harnessCd] = await startTwoPlugins();
      stopClocks();
      for (const _minute of [1, 2, 3]) {
        expect(await harnessCd.judgeReading(target)).toEqual({ kind: 'own' });
        jest.advanceTimersByTime(60_000);
      }
      expect(await simulator.requests()).toHaveLength(1);
    });

    it('does not wait for a slow Harness where the config repo says it', async () => {
      const [harnessCd] = await startTwoPlugins();
      await simulator.addFault({ kind: 'slow', delayMs: 5_000 });
      const rules = await harnessCd.deployRules(payment);
      const begin = performance.now();
      expect(await harnessCd.judgeReading({ ...target, rules })).toEqual({ kind: 'own' });
      expect(performance.now() - begin).toBeLessThan(3_000);
    });
  });

  it('never takes tags that are just being read again for fresh', async () => {
    const place = { repoName: 'tagged', filePath: '.harness/tagged.yaml' };
    const { account: _, org: orgIdentifier, project: projectIdentifier } = Simulator.scope;
    const tagged = (service: string) => {
      const own = { identifier: 'tagged', name: 'tagged', orgIdentifier, projectIdentifier, tags: { service } };
      return JSON.stringify({ pipeline: { ...own, stages: [] } });
    };
    await simulator.createPipeline(tagged('search'), place);
    const [harnessCd] = await startTwoPlugins();
    const pipeline = { ...Simulator.scope, pipeline: 'tagged' };
    const judge = async () => (await harnessCd.judgeReading({ entityRef: 'component:default/search', pipeline })).kind;
    stopClocks();
    expect(await judge()).toBe('own');
    await simulator.push({ repo: place.repoName, branch: 'main', path: place.filePath, text: tagged('other') });
    await simulator.addFault({ kind: 'slow', delayMs: 2_000 });
    jest.advanceTimersByTime(6 * 60_000);
    expect(await judge()).toBe('own');
    await wait(2_500);
    expect(await judge()).toBe('foreign');
  });

  it('reads a pipeline once for all who ask', async () => {
    const services = await startTwoPlugins();
    const answers = await Promise.all(services.map(harnessCd => harnessCd.getPipeline(payment)));
    expect(answers[0].value.identifier).toBe('payment_service_cd');
    expect(answers[1]).toEqual(answers[0]);
    expect(await simulator.requests()).toHaveLength(1);
  });

  it('reads an execution that has ended no more, and knows it while Harness is away', async () => {
    const [harnessCd] = await startTwoPlugins();
    const { deployments } = await harnessCd.listDeployments(payment, { pipelines: ['payment_service_cd'], size: 50 });
    const { executionId } = deployments.find(({ phase }) => phase === 'succeeded')!;
    await simulator.forgetRequests();

    stopClocks();
    for (const _minute of [1, 2, 3, 4, 5]) {
      expect(await harnessCd.getExecution(payment, executionId)).toMatchObject({ executionId, phase: 'succeeded' });
      jest.advanceTimersByTime(60_000);
    }
    expect(await simulator.requests()).toHaveLength(1);

    jest.advanceTimersByTime(3_600_000);
    await simulator.addFault({ kind: 'unauthorized', times: 0 });
    expect(await harnessCd.getExecution(payment, executionId)).toMatchObject({ executionId, phase: 'succeeded' });
  });

  /** Starts a run that does not go on by itself. */
  async function startRun(harnessCd: HarnessCdService): Promise<string> {
    await simulator.setClock({ speed: 0 });
    const rules = await harnessCd.deployRules(payment);
    const request = { service: 'payment-service', imageTag: 'v2.3.1', environment: 'int-stable', region: 'euw1' };
    const target = { entityRef: 'component:default/payment-service', pipeline: payment, rules };
    const check = await harnessCd.checkDeploy(JSON.stringify(request), target);
    if (check.kind === 'rejected') throw new Error(check.violations[0].message);
    const { executionId } = await harnessCd.deploy(check, { startedBy: 'user:default/ana', nonce: randomUUID() });
    return executionId;
  }

  it('waits for where an execution is, however long that takes', async () => {
    const [harnessCd] = await startTwoPlugins();
    const executionId = await startRun(harnessCd);
    stopClocks();
    expect((await harnessCd.getExecution(payment, executionId)).phase).not.toBe('succeeded');
    await simulator.setClock({ advanceMs: 3_600_000 });
    await simulator.addFault({ kind: 'slow', delayMs: 2_000 });
    jest.advanceTimersByTime(60_000);
    expect((await harnessCd.getExecution(payment, executionId)).phase).toBe('succeeded');
  });

  it('does not take where an execution was for where it is', async () => {
    const [harnessCd] = await startTwoPlugins();
    const executionId = await startRun(harnessCd);
    stopClocks();
    expect((await harnessCd.getExecution(payment, executionId)).phase).not.toBe('succeeded');
    await simulator.addFault({ kind: 'unauthorized', times: 0 });
    jest.advanceTimersByTime(60_000);
    await expect(harnessCd.getExecution(payment, executionId)).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  });
});
