import type { PermissionsService } from '@backstage/backend-plugin-api';
import { createMockDirectory, mockServices } from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { createMockActionContext } from '@backstage/plugin-scaffolder-node-test-utils';
import type { JsonObject, JsonValue } from '@backstage/types';
import { harnessFailure, type HarnessCdService, harnessCdServiceRef } from 'backstage-plugin-harness-cd-node';
import { harnessCdServiceMock } from 'backstage-plugin-harness-cd-node/testUtils';
import { Simulator, startPlugins } from 'harness-cd-test-utils';
import yaml from 'yaml';
import { createTriggerPipelineAction } from './triggerPipeline';
import { examples } from './examples';

jest.setTimeout(60_000);

describe('harness:trigger-pipeline', () => {
  let simulator: Simulator;
  let harnessCd: HarnessCdService;

  beforeAll(async () => {
    simulator = await Simulator.start();
    await simulator.createStorefrontPipeline();
    const features = [mockServices.rootConfig.factory({ data: simulator.config })];
    [harnessCd] = await simulator.startBackend(() =>
      startPlugins(harnessCdServiceRef, { pluginIds: ['scaffolder'], features }),
    );
  });

  afterAll(() => simulator?.stop());

  beforeEach(async () => {
    await simulator.clearFaults();
    await simulator.forgetRequests();
  });

  const input = {
    pipelineId: 'payment-service-cd',
    variables: { imageTag: 'v2.3.1', targetEnvironment: 'int-stable', targetRegion: 'euw1' },
  };

  // One folder for all: each of its own would wait for the end of the process.
  const workspacePath = createMockDirectory().path;

  /** What the action gets for a step with this input. */
  function contextOf<T extends JsonObject>(stepInput: T) {
    return createMockActionContext({ input: stepInput, workspacePath });
  }

  function createAction(
    decision: AuthorizeResult.ALLOW | AuthorizeResult.DENY = AuthorizeResult.ALLOW,
    service: HarnessCdService = harnessCd,
  ) {
    return createActionWith({ harnessCd: service, permissions: mockServices.permissions({ result: decision }) });
  }

  function createActionWith(services: { harnessCd: HarnessCdService; permissions: PermissionsService }) {
    const entities = ['payment_service', 'ledger_service'].map(name => ({
      apiVersion: 'backstage.io/v1alpha1',
      kind: 'Component',
      metadata: { name, annotations: { 'harness.io/pipeline-url': simulator.pipelineUrl(`${name}_cd`) } },
    }));
    const catalog = catalogServiceMock({ entities });
    return createTriggerPipelineAction({ catalog, ...services, pollIntervalMs: 20 });
  }

  it.each(examples)('does what its example says: $description', async ({ example }) => {
    const ctx = contextOf(yaml.parse(example).steps[0].input);
    await createAction().handler(ctx);
    expect(ctx.output).toHaveBeenCalledWith('executionId', expect.any(String));
    expect(ctx.output).toHaveBeenCalledWith(
      'executionUrl',
      expect.stringMatching(/payment_service_cd|storefront_release/),
    );
    expect(await simulator.runsStarted()).toBe(1);
  });

  it('names every violation and calls nobody', async () => {
    const ctx = contextOf({
      ...input,
      variables: { imageTag: 'latest', targetEnvironment: 'moon', targetRegion: 'euw1' },
    });
    await expect(createAction().handler(ctx)).rejects.toThrow(/\/imageTag: [^]*\/environment: /);
    expect(await simulator.requests()).toEqual([]);
  });

  it('checks a dry run and starts nothing', async () => {
    await createAction().handler({ ...contextOf(input), isDryRun: true });
    const wrong = { ...input, variables: { ...input.variables, imageTag: '' } };
    const dryRun = createAction().handler({
      ...contextOf(wrong),
      isDryRun: true,
    });
    await expect(dryRun).rejects.toThrow('/imageTag');
    expect(await simulator.runsStarted()).toBe(0);
  });

  it('wants the permission of whoever runs the template', async () => {
    const run = createAction(AuthorizeResult.DENY).handler(contextOf(input));
    await expect(run).rejects.toThrow('You lack the permission harness-cd.deployment.create.');
    expect(await simulator.requests()).toEqual([]);
  });

  describe('where the permission depends on what is deployed', () => {
    /** Permissions for one entity alone. */
    function permissionsFor(entityRef: string): PermissionsService {
      const conditions = { rule: 'IS_ENTITY_OWNER', resourceType: 'catalog-entity', params: { claims: [] } };
      return mockServices.permissions.mock({
        authorize: async requests =>
          requests.map(({ resourceRef }) => ({
            result: resourceRef === entityRef ? AuthorizeResult.ALLOW : AuthorizeResult.DENY,
          })),
        authorizeConditional: async requests =>
          requests.map(() => ({
            result: AuthorizeResult.CONDITIONAL,
            pluginId: 'catalog',
            resourceType: 'catalog-entity',
            conditions,
          })),
      });
    }

    const run = (entityRef?: string) =>
      createActionWith({ harnessCd, permissions: permissionsFor('component:default/payment_service') }).handler(
        contextOf({ ...input, entityRef }),
      );

    it.each(['component:default/payment_service', 'payment_service'])('deploys %s', async entityRef => {
      await run(entityRef);
      expect(await simulator.runsStarted()).toBe(1);
    });

    it.each([
      [undefined, 'The permission harness-cd.deployment.create depends on what is deployed'],
      ['ledger_service', 'You lack the permission harness-cd.deployment.create for component:default/ledger_service.'],
      ['nothing', 'There is no entity component:default/nothing that you can see.'],
    ])('starts nothing for %s', async (entityRef, message) => {
      await expect(run(entityRef)).rejects.toThrow(message);
      expect(await simulator.requests()).toEqual([]);
    });

    it('does not run the pipeline of another entity', async () => {
      const permissions = permissionsFor('component:default/ledger_service');
      const ctx = contextOf({ ...input, entityRef: 'ledger_service' });
      await expect(createActionWith({ harnessCd, permissions }).handler(ctx)).rejects.toThrow(
        'ledger_service is deployed by the pipeline ledger_service_cd, not by payment_service_cd.',
      );
      expect(await simulator.requests()).toEqual([]);
    });
  });

  describe('with a pipeline that is in no config repo', () => {
    const storefront = { pipelineId: 'storefront_release', variables: { version: 'v4.1.0', replicas: 2.5 } };

    it('checks the variables against the live pipeline, each mistake at once', async () => {
      const variables = {
        version: '4.1',
        market: 'mars',
        replicas: 'many',
        smokeTests: ['login', 'nothing'],
        colour: 'red',
      };
      const run = createAction().handler(contextOf({ ...storefront, variables }));
      const paths = ['version', 'market', 'replicas', 'smokeTests', 'colour'].map(name => `/inputs/${name}: `);
      await expect(run).rejects.toThrow(new RegExp(paths.join('[^]*')));
      expect(await simulator.runsStarted()).toBe(0);
    });

    it('runs it with values by name and by pointer, and waits for the end', async () => {
      const environment = '/pipeline/stages/0/stage/spec/environment/environmentRef';
      const variables = { ...storefront.variables, [environment]: 'pre_stable', smokeTests: ['login', 'search'] };
      const ctx = contextOf({ ...storefront, variables, wait: true });
      await createAction().handler(ctx);
      expect(ctx.output).toHaveBeenLastCalledWith('status', 'Success');
      const { deployments } = await harnessCd.listDeployments(harnessCd.scope, {
        pipelines: ['storefront_release'],
        size: 1,
      });
      expect(deployments[0]).toMatchObject({ environment: 'pre_stable', status: 'Success' });
    });

    it('says what a dry run would do, and starts nothing', async () => {
      const ctx = { ...contextOf(storefront), isDryRun: true };
      const logged = jest.spyOn(ctx.logger, 'info');
      await createAction().handler(ctx);
      expect(logged).toHaveBeenCalledWith(expect.stringContaining('the pipeline storefront_release'));
      expect(await simulator.runsStarted()).toBe(0);
    });

    it('says that there is no such pipeline', async () => {
      const run = createAction().handler(contextOf({ ...input, pipelineId: 'nothing_cd' }));
      await expect(run).rejects.toThrow(/nothing_cd/);
    });
  });

  it('fails with what failed, after each stage was logged once', async () => {
    await simulator.setOutcome('payment_service_cd', 'failDeploy');
    const ctx = contextOf({ ...input, wait: true, timeout: '1m' });
    const logged = jest.spyOn(ctx.logger, 'info');
    await expect(createAction().handler(ctx)).rejects.toThrow(/^Execution \S+ ended as Failed: /);
    const lines = logged.mock.calls.map(([line]) => line);
    expect(new Set(lines).size).toBe(lines.length);
    expect(lines).toContainEqual(expect.stringMatching(/: Failed$/));
    expect(ctx.output).toHaveBeenCalledWith('status', 'Failed');
  });

  it('goes on looking when Harness fails in between', async () => {
    await simulator.addFault({ kind: 'serverError', path: '/execution/v2/', times: 4 });
    const ctx = contextOf({ ...input, wait: true });
    await createAction().handler(ctx);
    expect(ctx.output).toHaveBeenLastCalledWith('status', 'Success');
  });

  it('gives up waiting in the end', async () => {
    await simulator.setClock({ speed: 0 });
    const run = createAction().handler(contextOf({ ...input, wait: true, timeout: '0s' }));
    await expect(run).rejects.toThrow('did not end in time; it goes on in Harness.');
  });

  it('refuses a timeout that is none before it starts anything', async () => {
    const run = createAction().handler(contextOf({ ...input, timeout: 'soon' }));
    await expect(run).rejects.toThrow("Invalid duration 'soon'");
    expect(await simulator.requests()).toEqual([]);
  });

  describe('when the task is run again', () => {
    function checkpoints() {
      const stored = new Map<string, JsonValue | void>();
      return async <T extends JsonValue | void>({ key, fn }: { key: string; fn: () => Promise<T> | T }): Promise<T> => {
        if (!stored.has(key)) stored.set(key, await fn());
        return stored.get(key) as T;
      };
    }

    it('goes on with the execution it started', async () => {
      const checkpoint = checkpoints();
      const first = { ...contextOf(input), checkpoint };
      const second = { ...contextOf(input), checkpoint };
      await createAction().handler(first);
      await createAction().handler(second);
      expect(await simulator.runsStarted()).toBe(1);
      expect(jest.mocked(second.output).mock.calls).toEqual(jest.mocked(first.output).mock.calls);
    });

    it('does not try again what may have started', async () => {
      const checkpoint = checkpoints();
      const service = harnessCdServiceMock.mock({
        deployRules: pipeline => harnessCd.deployRules(pipeline),
        checkDeploy: (text, target) => harnessCd.checkDeploy(text, target),
      });
      service.deploy.mockRejectedValue(harnessFailure('OUTCOME_UNKNOWN', 'The answer was lost.'));
      const action = createAction(AuthorizeResult.ALLOW, service);
      for (const _ of ['first run', 'second run']) {
        const run = action.handler({ ...contextOf(input), checkpoint });
        await expect(run).rejects.toThrow('the deployment may have started');
      }
      expect(service.deploy).toHaveBeenCalledTimes(1);
    });
  });
});
