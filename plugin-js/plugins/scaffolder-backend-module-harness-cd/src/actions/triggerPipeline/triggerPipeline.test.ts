import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { coreServices, createServiceFactory } from '@backstage/backend-plugin-api';
import {
  createMockDirectory,
  mockCredentials,
  mockServices,
  startTestBackend,
  TestDatabases,
} from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import type { TemplateAction } from '@backstage/plugin-scaffolder-node';
import { scaffolderActionsExtensionPoint } from '@backstage/plugin-scaffolder-node';
import { createMockActionContext } from '@backstage/plugin-scaffolder-node-test-utils';
import type { JsonObject, JsonValue } from '@backstage/types';
// The action asks the other plugin over HTTP; the test starts both.
// eslint-disable-next-line @backstage/no-mixed-plugin-imports
import harnessCdPlugin from 'backstage-plugin-harness-cd-backend';
import { exampleTemplate, Simulator } from 'harness-cd-test-utils';
import yaml from 'yaml';
import { scaffolderModuleHarnessCd } from '../../module';
import { examples } from './examples';

jest.setTimeout(60_000);

const databases = TestDatabases.create({ ids: ['SQLITE_3'] });

/** Nobody waits 3 s for a simulator. */
jest.mock('./triggerPipeline', () => {
  const { createTriggerPipelineAction } = jest.requireActual('./triggerPipeline');
  return {
    createTriggerPipelineAction: (options: object) => createTriggerPipelineAction({ ...options, pollIntervalMs: 20 }),
  };
});

const IN_GIT = { repoName: 'deploys', filePath: '.harness/remote.yaml' };

/** Saved answers of the storefront's pipeline. */
const ASIA = JSON.stringify({
  inputSet: {
    ...{
      identifier: 'asia',
      name: 'asia',
      orgIdentifier: Simulator.scope.org,
      projectIdentifier: Simulator.scope.project,
    },
    pipeline: {
      identifier: 'storefront_release',
      variables: [
        { name: 'version', type: 'String', value: 'v9.9.9' },
        { name: 'market', type: 'String', value: 'asia' },
      ],
    },
  },
});

/** A pipeline that leaves open over what it loops. */
function loopPipeline(): string {
  const { pipeline } = JSON.parse(remotePipeline('word'));
  const [{ stage }] = pipeline.stages;
  const named = { identifier: 'loop', name: 'loop', tags: { service: 'loop' }, variables: [] };
  return JSON.stringify({
    pipeline: { ...pipeline, ...named, stages: [{ stage: { ...stage, strategy: '<+input>' } }] },
  });
}

/** A pipeline whose script puts out what it is asked for, and a secret. */
function tellingPipeline(): string {
  const { pipeline } = JSON.parse(remotePipeline('word'));
  const script = 'export TOLD="<+pipeline.variables.word>"\nTOKEN=s3cret\n';
  const outputVariables = [
    { name: 'said', type: 'String', value: 'TOLD' },
    { name: 'token', type: 'Secret', value: 'TOKEN' },
  ];
  const spec = { shell: 'Bash', source: { type: 'Inline', spec: { script } }, outputVariables };
  const tell = { step: { identifier: 'tell', name: 'tell', type: 'ShellScript', timeout: '10m', spec } };
  const stage = { identifier: 's', name: 's', type: 'Custom', spec: { execution: { steps: [tell] } } };
  const named = { identifier: 'telling', name: 'telling', tags: { service: 'telling' }, stages: [{ stage }] };
  return JSON.stringify({ pipeline: { ...pipeline, ...named } });
}

/** A pipeline in Git that asks for one input. */
function remotePipeline(input: string): string {
  const wait5s = { step: { identifier: 'w', name: 'w', type: 'Wait', spec: { duration: '5s' } } };
  const stage = { identifier: 's', name: 's', type: 'Custom', spec: { execution: { steps: [wait5s] } } };
  const { org, project } = Simulator.scope;
  return JSON.stringify({
    pipeline: {
      ...{ identifier: 'remote', name: 'remote', orgIdentifier: org, projectIdentifier: project },
      tags: { service: 'remote' },
      variables: [{ name: input, type: 'String', value: '<+input>', required: true }],
      stages: [{ stage }],
    },
  });
}

describe('harness:trigger-pipeline', () => {
  let simulator: Simulator;
  let action: TemplateAction<any, any, any>;
  let before: number;
  const auditor = mockServices.auditor.mock();
  const event = { success: jest.fn(), fail: jest.fn() };

  beforeAll(async () => {
    simulator = await Simulator.start();
    await simulator.createStorefrontPipeline();
    await simulator.createInputSet('storefront_release', ASIA);
    await simulator.createPipelineLikeStorefront('untagged', {});
    await simulator.createPipeline(remotePipeline('word'), IN_GIT);
    await simulator.createPipeline(loopPipeline());
    await simulator.createPipeline(tellingPipeline());
    const { repoName: repo, filePath } = IN_GIT;
    await simulator.push({ repo, branch: 'release/2', path: filePath, text: remotePipeline('other') });
    action = await startAction();
  });

  afterAll(() => simulator?.stop());

  beforeEach(async () => {
    jest.resetAllMocks();
    auditor.createEvent.mockResolvedValue(event);
    await simulator.clearFaults();
    await simulator.forgetRequests();
    before = (await simulator.runs()).length;
  });

  /** The action of a backend that has the module and the plugin that it asks. */
  async function startAction(
    result: AuthorizeResult.ALLOW | AuthorizeResult.DENY = AuthorizeResult.ALLOW,
  ): Promise<TemplateAction<any, any, any>> {
    const pages = {
      'payment-service': simulator.pipelineUrl('payment_service_cd'),
      'ledger-service': simulator.pipelineUrl('ledger_service_cd'),
      storefront: simulator.pipelineUrl('storefront_release'),
      impostor: simulator.pipelineUrl('payment_service_cd'),
      shop: simulator.pipelineUrl('untagged'),
      loop: simulator.pipelineUrl('loop'),
      telling: simulator.pipelineUrl('telling'),
      broken: simulator.pipelineUrl('nothing_cd'),
      remote: `${simulator.pipelineUrl('remote')}?storeType=REMOTE&branch=release%2F2`,
    };
    const entities = Object.entries(pages).map(([name, url]) => ({
      apiVersion: 'backstage.io/v1alpha1',
      kind: 'Component',
      metadata: { name, annotations: { 'harness.io/pipeline-url': url } },
    }));
    const database = createServiceFactory({
      service: coreServices.database,
      deps: {},
      factory: async () => mockServices.database({ knex: await databases.init('SQLITE_3') }),
    });
    const app = { baseUrl: 'https://portal.acme.example' };
    const actions: TemplateAction<any, any, any>[] = [];
    await simulator.startBackend(() =>
      startTestBackend({
        features: [
          harnessCdPlugin,
          scaffolderModuleHarnessCd,
          auditor.factory,
          database,
          catalogServiceMock.factory({ entities }),
          mockServices.permissions.factory({ result }),
          mockServices.rootConfig.factory({ data: { app, ...simulator.config } }),
        ],
        extensionPoints: [[scaffolderActionsExtensionPoint, { addActions: (...added) => void actions.push(...added) }]],
      }),
    );
    return actions[0];
  }

  const runs = async () => (await simulator.runs()).slice(before);

  const input = {
    entityRef: 'component:default/payment-service',
    variables: { imageTag: 'v2.3.1', targetEnvironment: 'int-stable', targetRegion: 'euw1' },
  };

  // One folder for all: each of its own would wait for the end of the process.
  const workspacePath = createMockDirectory().path;

  /** What the action gets for a step with this input, in a task of its own where none is given. */
  function contextOf<T extends JsonObject>(stepInput: T, taskId: string = randomUUID()) {
    return createMockActionContext({ input: stepInput, workspacePath, task: { id: taskId } });
  }

  it.each(examples)('does what its example says: $description', async ({ example }) => {
    const ctx = contextOf(yaml.parse(example).steps[0].input);
    await action.handler(ctx);
    expect(ctx.output).toHaveBeenCalledWith('executionId', expect.any(String));
    expect(ctx.output).toHaveBeenCalledWith(
      'executionUrl',
      expect.stringMatching(/payment_service_cd|storefront_release/),
    );
    expect(await runs()).toHaveLength(1);
  });

  it('does what the example template says', async () => {
    const text = await readFile(exampleTemplate, 'utf8');
    const { steps, presentation, output, parameters } = yaml.parse(text).spec;
    const [{ action: id, input: given }] = steps;
    expect(id).toBe('harness:trigger-pipeline');
    const values: Record<string, string> = {
      component: 'component:default/payment-service',
      imageTag: 'v2.3.1',
      environment: 'int-stable',
      region: 'euw1',
    };
    // What the scaffolder leaves out where a parameter was not given.
    const filled = JSON.parse(
      JSON.stringify(given, (_, value) => {
        const name = typeof value === 'string' && /^\$\{\{ parameters\.(\w+) \}\}$/.exec(value)?.[1];
        return name ? values[name] : value;
      }),
    );
    const ctx = contextOf(filled);
    await action.handler(ctx);
    expect(await runs()).toEqual([expect.objectContaining({ pipeline: 'payment_service_cd' })]);

    expect(presentation.buttonLabels.createButtonText).toBe('Deploy');
    expect(parameters[0].properties.component['ui:field']).toBe('EntityPicker');
    const named = JSON.stringify(output).match(/steps\.deploy\.output\.(\w+)/g) ?? [];
    expect(named).toEqual(['steps.deploy.output.portalUrl', 'steps.deploy.output.executionUrl']);
    for (const name of named) {
      expect(ctx.output).toHaveBeenCalledWith(name.split('.').at(-1), expect.stringContaining('http'));
    }
  });

  it('takes a structure as it is, and as YAML alike', async () => {
    const strategy = '/pipeline/stages/0/stage/strategy';
    const matrix = { size: [1, 2], zone: ['euw1'] };
    const given = (value: JsonValue) => contextOf({ entityRef: 'loop', variables: { [strategy]: value } });
    await action.handler(given({ matrix, maxConcurrency: 1 }));
    await action.handler(given('  matrix:\n    size: [1, 2]\n    zone: [euw1]\n  maxConcurrency: 1\n'));
    const [first, second] = await runs();
    const stage = { identifier: 's', type: 'Custom', strategy: { matrix, maxConcurrency: 1 } };
    expect(JSON.parse(first.request!.body)).toEqual({ pipeline: { identifier: 'loop', stages: [{ stage }] } });
    expect(second.request!.body).toBe(first.request!.body);
    await expect(action.handler(given('matrix: {size: [1}'))).rejects.toThrow(
      /Strategy of stage s cannot be read as YAML: line 1, column \d+:/,
    );
    expect(await runs()).toHaveLength(2);
  });

  it('names every violation and starts nothing', async () => {
    const ctx = contextOf({
      ...input,
      variables: { imageTag: 'latest', targetEnvironment: 'moon', targetRegion: 'euw1' },
    });
    await expect(action.handler(ctx)).rejects.toMatchObject({
      message: expect.stringMatching(
        /^Nothing was started:\n- “latest” moves.*\n- “moon” is not an environment[^\n]*$/,
      ),
      stack: expect.not.stringContaining('triggerPipeline'),
    });
    expect(await runs()).toEqual([]);
  });

  it('checks a dry run and starts nothing', async () => {
    await action.handler({ ...contextOf(input), isDryRun: true });
    const wrong = { ...input, variables: { ...input.variables, imageTag: '' } };
    const dryRun = action.handler({
      ...contextOf(wrong),
      isDryRun: true,
    });
    await expect(dryRun).rejects.toThrow('- Image tag is missing');
    expect(await runs()).toEqual([]);
  });

  it('wants the permission of whoever runs the template', async () => {
    const denied = await startAction(AuthorizeResult.DENY);
    await expect(denied.handler(contextOf(input))).rejects.toThrow(
      /^You lack the permission harness-cd\.deployment\.read for component:default\/payment-service\.$/,
    );
    expect(await simulator.requests()).toEqual([]);
  });

  it('asks for whoever runs the template', async () => {
    const getInitiatorCredentials = async () => mockCredentials.user('user:default/ana');
    await action.handler({ ...contextOf(input), getInitiatorCredentials });
    const [{ request }] = await runs();
    expect(request?.query).toContain(encodeURIComponent('user:default/ana'));
    expect(event.success).toHaveBeenCalledWith({
      meta: expect.objectContaining({
        entityRef: 'component:default/payment-service',
        startedBy: 'user:default/ana',
        outcome: 'started',
      }),
    });
  });

  it('takes what is typed without the spaces around it', async () => {
    const variables = { ...input.variables, imageTag: ' v2.3.1 ', targetRegion: 'euw1\n' };
    await action.handler(contextOf({ ...input, variables, businessJustification: ' ' }));
    expect(await runs()).toHaveLength(1);
  });

  it('says where the run is, in Harness and in the portal', async () => {
    const ctx = contextOf(input);
    await action.handler(ctx);
    const [{ execution }] = await runs();
    const portal = 'https://portal.acme.example/catalog/default/component/payment-service/deployments';
    expect(ctx.output).toHaveBeenCalledWith('executionId', execution);
    expect(ctx.output).toHaveBeenCalledWith('portalUrl', `${portal}?execution=${execution}`);
  });

  describe('deploys', () => {
    it.each([
      ['the entity', { entityRef: 'payment-service' }, 'payment_service_cd'],
      ['the entity whose pipeline it is', { pipelineId: 'payment_service_cd' }, 'payment_service_cd'],
      ['the entity whose pipeline is called so', { pipelineId: 'payment-service-cd' }, 'payment_service_cd'],
      ['both', { entityRef: 'ledger-service', pipelineId: 'ledger-service-cd' }, 'ledger_service_cd'],
    ])('%s', async (_, named, pipeline) => {
      await action.handler(contextOf({ variables: input.variables, ...named }));
      expect(await runs()).toEqual([expect.objectContaining({ pipeline })]);
    });

    it.each([
      ['nothing', {}, 'The step has to name the entity that is deployed, as entityRef.'],
      [
        'a pipeline that is in no config repo',
        { pipelineId: 'storefront_release' },
        'storefront_release is no pipeline of the config repo: the step has to name the entity that it deploys, as entityRef.',
      ],
      [
        'the pipeline of another entity',
        { entityRef: 'ledger-service', pipelineId: 'payment_service_cd' },
        'component:default/ledger-service is deployed by the pipeline ledger_service_cd, not by payment_service_cd.',
      ],
      ['nobody', { entityRef: 'nobody' }, 'There is no entity component:default/nobody that you can see.'],
      ["somebody else's pipeline", { entityRef: 'impostor' }, 'is of component:default/payment-service, says services'],
    ])('not %s', async (_, named, sentence) => {
      await expect(action.handler(contextOf({ variables: input.variables, ...named }))).rejects.toThrow(sentence);
      expect(await runs()).toEqual([]);
    });

    it('no pipeline that names nobody, and says which tag would allow it', async () => {
      const step = { entityRef: 'shop', variables: { version: 'v4.1.0' } };
      for (const isDryRun of [true, false]) {
        await expect(action.handler({ ...contextOf(step), isDryRun })).rejects.toThrow('Add the tag `service: shop`');
      }
      expect(await runs()).toEqual([]);
    });
  });

  it('checks and runs a pipeline in Git on the branch of its page', async () => {
    const ofDefaultBranch = action.handler(contextOf({ entityRef: 'remote', variables: { word: 'x' } }));
    await expect(ofDefaultBranch).rejects.toThrow('The pipeline asks for no “word”');
    await action.handler(contextOf({ entityRef: 'remote', variables: { other: 'x' } }));
    const [{ pipeline, request }, ...more] = await runs();
    expect([pipeline, more]).toEqual(['remote', []]);
    expect(request).toMatchObject({
      query: expect.stringContaining('branch=release%2F2'),
      body: expect.stringContaining('other'),
    });
  });

  describe('with a pipeline that is in no config repo', () => {
    const storefront = { entityRef: 'component:default/storefront', variables: { version: 'v4.1.0', replicas: 2.5 } };

    it('checks the variables against the live pipeline, each mistake at once', async () => {
      const variables = {
        version: '4.1',
        market: 'mars',
        replicas: 'many',
        smokeTests: ['login', 'nothing'],
        colour: 'red',
      };
      const run = action.handler(contextOf({ ...storefront, variables }));
      const lines = ['4.1', 'mars', 'many', 'nothing', 'colour'].map(value => `\n- .*${value}`);
      await expect(run).rejects.toThrow(new RegExp(lines.join('[^]*')));
      expect(await runs()).toEqual([]);
    });

    it('runs it with values by name and by pointer, and waits for the end', async () => {
      const environment = '/pipeline/stages/0/stage/spec/environment/environmentRef';
      const variables = { ...storefront.variables, [environment]: 'pre_stable', smokeTests: ['login', 'search'] };
      const ctx = contextOf({ ...storefront, variables, wait: true });
      await action.handler(ctx);
      expect(ctx.output).toHaveBeenCalledWith('status', 'Success');
      const [{ request }] = await runs();
      expect(request?.body).toContain('pre_stable');
    });

    it('runs it with the answers of an input set, below its own', async () => {
      await action.handler(contextOf({ ...storefront, variables: { version: 'v4.1.0' }, inputSets: ['asia'] }));
      const [{ request }] = await runs();
      expect(request?.body).toContain('v4.1.0');
      expect(request?.body).toContain('asia');
      expect(request?.query).toContain('inputSetIdentifiers=asia');
    });

    it('says of input sets and stages that there are none such, and starts nothing', async () => {
      const run = action.handler(contextOf({ ...storefront, inputSets: ['asai'] }));
      await expect(run).rejects.toThrow(/no input set “asai”; did you mean asia/);
      const alone = action.handler(contextOf({ ...storefront, stages: ['roll_out'] }));
      await expect(alone).rejects.toThrow(/does not allow to run “roll_out” alone/);
      expect(await runs()).toEqual([]);
    });

    it('says what a dry run would do, and starts nothing', async () => {
      const ctx = { ...contextOf(storefront), isDryRun: true };
      const logged = jest.spyOn(ctx.logger, 'info');
      await action.handler(ctx);
      expect(logged).toHaveBeenCalledWith(expect.stringContaining('the pipeline storefront_release'));
      expect(await runs()).toEqual([]);
    });

    it('says that there is no such pipeline', async () => {
      const run = action.handler(contextOf({ ...input, entityRef: 'broken' }));
      await expect(run).rejects.toThrow(/nothing_cd/);
    });
  });

  it('fails with what failed, after each stage was logged once', async () => {
    await simulator.setOutcome('payment_service_cd', 'failDeploy');
    const ctx = contextOf({ ...input, wait: true, timeout: '1m' });
    const logged = jest.spyOn(ctx.logger, 'info');
    await expect(action.handler(ctx)).rejects.toThrow(/^Execution \S+ ended as Failed: /);
    const lines = logged.mock.calls.map(([line]) => line);
    expect(new Set(lines).size).toBe(lines.length);
    expect(lines).toContainEqual(expect.stringMatching(/: Failed$/));
    expect(ctx.output).toHaveBeenCalledWith('status', 'Failed');
  });

  it('puts out what the steps did, and no secret', async () => {
    const ctx = contextOf({ entityRef: 'telling', variables: { word: 'hello' }, wait: true });
    await action.handler(ctx);
    expect(ctx.output).toHaveBeenCalledWith('outputVariables', {
      'pipeline.stages.s.spec.execution.steps.tell': { said: 'hello', token: '******' },
    });
    expect(JSON.stringify(jest.mocked(ctx.output).mock.calls)).not.toMatch(/s3cret|sweepingOutputSecrets/);
  });

  it('goes on looking when Harness fails in between', async () => {
    await simulator.addFault({ kind: 'serverError', path: '/execution/v2/', times: 4 });
    const ctx = contextOf({ ...input, wait: true });
    await action.handler(ctx);
    expect(ctx.output).toHaveBeenCalledWith('status', 'Success');
  });

  it('gives up waiting in the end', async () => {
    await simulator.setClock({ speed: 0 });
    const run = action.handler(contextOf({ ...input, wait: true, timeout: '0s' }));
    await expect(run).rejects.toThrow('did not end in time; it goes on in Harness.');
  });

  it('refuses a timeout that is none before it starts anything', async () => {
    const run = action.handler(contextOf({ ...input, timeout: 'soon' }));
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

    it.each([
      ['with what it remembers', checkpoints()],
      ['with nothing', undefined],
    ])('goes on with the execution it started, %s', async (_, checkpoint) => {
      const taskId = randomUUID();
      const [first, second] = [1, 2].map(() => ({ ...contextOf(input, taskId), ...(checkpoint && { checkpoint }) }));
      await action.handler(first);
      await action.handler(second);
      expect(await runs()).toHaveLength(1);
      expect(jest.mocked(second.output).mock.calls).toEqual(jest.mocked(first.output).mock.calls);
    });

    it('goes on with it where it ended before the answer', async () => {
      await simulator.addFault({ kind: 'slow', path: '/pipeline/execute', delayMs: 2_000 });
      const taskId = randomUUID();
      const controller = new AbortController();
      const first = action.handler({ ...contextOf(input, taskId), signal: controller.signal });
      while ((await runs()).length === 0) await wait(20);
      const second = contextOf(input, taskId);
      await action.handler(second);
      expect(second.output).toHaveBeenCalledWith('executionId', (await runs())[0].execution);
      await first;
      expect(await runs()).toHaveLength(1);
    });

    it('does for each of several things what it is told', async () => {
      const taskId = randomUUID();
      for (const imageTag of ['v2.3.1', 'v2.3.2']) {
        await action.handler(contextOf({ ...input, variables: { ...input.variables, imageTag } }, taskId));
      }
      expect(await runs()).toHaveLength(2);
    });

    it('does not try again what may have started', async () => {
      await simulator.addFault({ kind: 'badGatewayAfterAccept', path: '/pipeline/execute' });
      await simulator.addFault({ kind: 'serverError', path: '/execution/summary', times: 0 });
      const taskId = randomUUID();
      for (const _ of ['first run', 'second run']) {
        await expect(action.handler(contextOf(input, taskId))).rejects.toThrow(
          /the deployment may have started\. See http.*\/pipelines\/payment_service_cd\/executions$/,
        );
      }
      expect(await runs()).toHaveLength(1);
    });
  });
});
