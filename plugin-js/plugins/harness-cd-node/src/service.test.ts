import { setTimeout as wait } from 'node:timers/promises';
import { type BackendFeature, createBackendPlugin } from '@backstage/backend-plugin-api';
import { mockServices, startTestBackend } from '@backstage/backend-test-utils';
import type { HarnessCdService } from './HarnessCdService';
import { harnessCdServiceRef } from './service';
import { Simulator } from 'harness-cd-test-utils';

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

  /** Stops the clocks by which answers are fresh, and none that something waits for; they begin anew. */
  function fakeClocks() {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'setTimeout', 'queueMicrotask'], now: Date.now() });
    jest.advanceTimersByTime(1); // a process is never 0 ms old
  }

  /** The services that two plugins of one backend get. */
  async function startTwoPlugins(
    options: { harnessCd?: object; features?: BackendFeature[] } = {},
  ): Promise<HarnessCdService[]> {
    const harnessCdConfig = { ...simulator.config.harnessCd, ...options.harnessCd };
    const services: HarnessCdService[] = [];
    const plugins = ['one', 'another'].map(pluginId =>
      createBackendPlugin({
        pluginId,
        register(env) {
          env.registerInit({
            deps: { harnessCd: harnessCdServiceRef },
            init: async ({ harnessCd }) => void services.push(harnessCd),
          });
        },
      }),
    );
    const rootConfig = mockServices.rootConfig.factory({ data: { harnessCd: harnessCdConfig } });
    await simulator.afterTrial(() =>
      startTestBackend({ features: [...plugins, rootConfig, ...(options.features ?? [])] }),
    );
    return services;
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
      await expect(asked).rejects.toMatchObject({ code: 'WRONG_SCOPE', message: expect.stringContaining(' other') });
    }
    expect(await simulator.requests()).toHaveLength(1);
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

    fakeClocks();
    for (const _minute of [1, 2, 3, 4, 5]) {
      expect(await harnessCd.getExecution(payment, executionId)).toMatchObject({ executionId, phase: 'succeeded' });
      jest.advanceTimersByTime(60_000);
    }
    expect(await simulator.requests()).toHaveLength(1);

    jest.advanceTimersByTime(3_600_000);
    await simulator.addFault({ kind: 'unauthorized', times: 0 });
    expect(await harnessCd.getExecution(payment, executionId)).toMatchObject({ executionId, phase: 'succeeded' });
  });

  it('does not take where an execution was for where it is', async () => {
    await simulator.setClock({ speed: 0 });
    const [harnessCd] = await startTwoPlugins();
    const rules = await harnessCd.deployRules(payment);
    const request = { service: 'payment-service', imageTag: 'v2.3.1', environment: 'int-stable', region: 'euw1' };
    const check = await harnessCd.checkDeploy(JSON.stringify(request), { pipeline: payment, rules });
    if (check.kind === 'rejected') throw new Error(check.violations[0].message);
    const { executionId } = await harnessCd.deploy(check, { startedBy: 'user:default/ana' });

    fakeClocks();
    expect((await harnessCd.getExecution(payment, executionId)).phase).not.toBe('succeeded');
    await simulator.addFault({ kind: 'unauthorized', times: 0 });
    jest.advanceTimersByTime(60_000);
    await expect(harnessCd.getExecution(payment, executionId)).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  });
});
