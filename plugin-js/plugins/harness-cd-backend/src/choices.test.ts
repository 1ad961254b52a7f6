import type { Server } from 'node:http';
import { mockServices } from '@backstage/backend-test-utils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { Simulator } from 'harness-cd-test-utils';
import request from 'supertest';
import { component, deploy, path, startBackend } from './__testUtils__/startBackend';

jest.setTimeout(60_000);

const SPEC = '/pipeline/stages/0/stage/spec';
const SERVICE = `${SPEC}/service/serviceRef`;
const ENVIRONMENT = `${SPEC}/environment/environmentRef`;
const INFRASTRUCTURES = `${SPEC}/environment/infrastructureDefinitions`;

const SERVICE_OF_TWO = JSON.stringify({
  service: {
    identifier: 'two',
    name: 'two',
    serviceDefinition: {
      type: 'Kubernetes',
      spec: {
        artifacts: {
          primary: {
            primaryArtifactRef: '<+input>',
            sources: ['image', 'mirror'].map(identifier => ({
              identifier,
              type: 'DockerRegistry',
              spec: { connectorRef: 'gcr_connector', imagePath: `project/${identifier}`, tag: '<+input>' },
            })),
          },
        },
      },
    },
  },
});

/** A pipeline that leaves open what it deploys, and where. */
function openPipeline(): string {
  const { org, project } = Simulator.scope;
  const execution = { steps: [{ step: { identifier: 'w', name: 'w', type: 'Wait', spec: { duration: '5s' } } }] };
  const spec = {
    deploymentType: 'Kubernetes',
    service: { serviceRef: '<+input>', serviceInputs: '<+input>' },
    environment: { environmentRef: '<+input>', infrastructureDefinitions: '<+input>' },
    execution,
  };
  const stage = { identifier: 'roll', name: 'roll', type: 'Deployment', spec };
  const head = { identifier: 'open', name: 'open', orgIdentifier: org, projectIdentifier: project };
  return JSON.stringify({ pipeline: { ...head, tags: { service: 'open' }, stages: [{ stage }] } });
}

/** An infrastructure definition that leaves its namespace open. */
const lab = {
  identifier: 'lab',
  type: 'KubernetesDirect',
  deploymentType: 'Kubernetes',
  spec: { connectorRef: 'k8s_int_stable_euw1', namespace: '<+input>', releaseName: 'lab' },
};

describe('what may be chosen', () => {
  let simulator: Simulator;

  beforeAll(async () => {
    simulator = await Simulator.start();
    await simulator.createPipeline(openPipeline());
    await simulator.createInfrastructure('int_stable', lab);
  });

  afterAll(() => simulator?.stop());

  beforeEach(async () => {
    await simulator.clearFaults();
    await simulator.forgetRequests();
  });

  async function start(result: AuthorizeResult.ALLOW | AuthorizeResult.DENY = AuthorizeResult.ALLOW): Promise<Server> {
    const entities = [component('open', { 'harness.io/pipeline-url': simulator.pipelineUrl('open') })];
    return startBackend({ simulator, entities, features: [mockServices.permissions.factory({ result })] });
  }

  async function ask(server: Server, query: Record<string, string>) {
    return request(server).get(path('open', `choices?${new URLSearchParams(query)}`));
  }

  const valuesOf = (body: { choices: { value: string }[] }) => body.choices.map(({ value }) => value).sort();

  it('is told by name, and asked of Harness once', async () => {
    const server = await start();
    await simulator.forgetRequests();
    const [first] = await Promise.all([ask(server, { input: SERVICE }), ask(server, { input: SERVICE })]);
    expect(first.body.choices).toContainEqual({ value: 'payment_service', name: 'payment-service' });
    expect(first.body.hasMore).toBe(false);
    expect(await simulator.requests()).toHaveLength(2);
  });

  it('can be searched', async () => {
    const server = await start();
    const { body } = await ask(server, { input: SERVICE, search: 'ledger' });
    expect(valuesOf(body)).toEqual(['ledger_service']);
  });

  it('is that of the environment that was chosen', async () => {
    const server = await start();
    const { body } = await ask(server, { input: INFRASTRUCTURES, within: 'int_stable' });
    expect(valuesOf(body).length).toBeGreaterThan(0);
    const environments = await ask(server, { input: ENVIRONMENT });
    expect(valuesOf(environments.body)).toContain('int_stable');
    const elsewhere = await ask(server, { input: INFRASTRUCTURES, within: 'prod' });
    expect(valuesOf(elsewhere.body)).not.toEqual(valuesOf(body));
  });

  it.each([
    [{}, /input/],
    [{ input: '/pipeline/name' }, /asks for nothing at \/pipeline\/name that Harness has to choose from/],
    [{ input: INFRASTRUCTURES }, /depends on .*environmentRef: give its value as "within"/],
  ])('is refused for %o', async (query, message) => {
    const server = await start();
    const answer = await ask(server, query);
    expect(answer.status).toBe(400);
    expect(answer.body.error.message).toMatch(message);
  });

  it('is not for who may not deploy', async () => {
    const server = await start(AuthorizeResult.DENY);
    expect((await ask(server, { input: SERVICE })).status).toBe(403);
  });

  it('is a failure to show where Harness does not answer in 3 s', async () => {
    const server = await start();
    await ask(server, { input: SERVICE });
    await simulator.addFault({ kind: 'slow', delayMs: 6_000 });
    const { status, body } = await ask(server, { input: ENVIRONMENT });
    expect(status).toBe(200);
    expect(body).toEqual({ failure: expect.objectContaining({ code: 'TIMEOUT' }), isPending: true });
  });

  it('is a failure to show where Harness refuses', async () => {
    const server = await start();
    await ask(server, { input: SERVICE });
    await simulator.addFault({ kind: 'unauthorized', times: 0 });
    const { body } = await ask(server, { input: ENVIRONMENT });
    expect(body).toEqual({ failure: expect.objectContaining({ code: 'UNAUTHORIZED' }) });
  });

  describe('among the tags of an artifact', () => {
    const TAG = `${SPEC}/service/serviceInputs/serviceDefinition/spec/artifacts/primary/sources/0/spec/tag`;
    const tags = (server: Server, search?: string) =>
      ask(server, { input: TAG, within: 'payment_service', ...(search && { search }) });

    afterEach(() => simulator.setArtifactBuilds('ready'));

    it('is found by what is typed, and the registry is asked once', async () => {
      await simulator.setArtifactBuilds('many');
      const server = await start();
      const first = await tags(server);
      expect(first.status).toBe(200);
      expect(first.body).toMatchObject({ hasMore: true, total: 10_000 });
      expect(first.body.choices).toHaveLength(50);
      expect(first.body.choices[0]).toEqual({ value: '1.0.9999', name: '1.0.9999' });
      await simulator.forgetRequests();
      const { body } = await tags(server, '0.4711');
      expect(body).toEqual({ choices: [{ value: '1.0.4711', name: '1.0.4711' }], hasMore: false, total: 1 });
      expect(await simulator.requests()).toEqual([]);
    });

    it.each([
      ['noDelegate', 'UNAVAILABLE', /no delegate/],
      ['refused', 'INVALID_REQUEST', /Docker Get Builds task failure due to error/],
    ] as const)('is a failure to show for a delegate that says %s', async (says, code, message) => {
      await simulator.setArtifactBuilds(says);
      const { body } = await tags(await start());
      expect(body).toEqual({ failure: expect.objectContaining({ code, message: expect.stringMatching(message) }) });
    });

    it('comes late from a slow delegate, which holds up nothing else', async () => {
      await simulator.setArtifactBuilds('slow');
      const server = await start();
      const [slow, services] = await Promise.all([tags(server), ask(server, { input: SERVICE })]);
      expect(services.body.choices.length).toBeGreaterThan(0);
      expect(slow.body).toEqual({ failure: expect.objectContaining({ code: 'TIMEOUT' }), isPending: true });
      const until = Date.now() + 40_000;
      let late = slow;
      while (late.body.isPending && Date.now() < until) late = await tags(server);
      expect(late.body.choices.length).toBeGreaterThan(0);
      const asked = (await simulator.requests()).filter(({ path: of }) => of.includes('/artifacts/'));
      expect(asked).toHaveLength(1);
    });

    it('is not for who may not deploy', async () => {
      expect((await tags(await start(AuthorizeResult.DENY))).status).toBe(403);
    });
  });

  describe('once it is chosen', () => {
    const SERVICE_INPUTS = `${SPEC}/service/serviceInputs`;
    const asked = (server: Server, query: Record<string, string>) =>
      request(server).get(path('open', `asked?${new URLSearchParams(query)}`));

    it('asks for something in turn', async () => {
      const server = await start();
      const { body } = await asked(server, { input: SERVICE_INPUTS, service: 'payment_service' }).expect(200);
      const pointers = body.inputs.map(({ pointer }: { pointer: string }) => pointer);
      const tag = 'serviceDefinition/spec/artifacts/primary/sources/0/spec/tag';
      expect(pointers).toContain(`${SERVICE_INPUTS}/${tag}`);
    });

    it('has to be named', async () => {
      const server = await start();
      const { body } = await asked(server, { input: SERVICE_INPUTS }).expect(400);
      expect(body.error.message).toMatch(/depends on .*serviceRef: give its value as "service"/);
      await asked(server, { input: SERVICE, service: 'payment_service' }).expect(400);
    });

    it('asks for something as one that is chosen for a list, too', async () => {
      const server = await start();
      const place = { input: INFRASTRUCTURES, environment: 'int_stable' };
      const { body } = await asked(server, { ...place, infrastructure: 'lab' }).expect(200);
      expect(body.inputs).toMatchObject([
        { pointer: `${INFRASTRUCTURES}/lab/inputs/spec/namespace`, label: 'Namespace of lab' },
      ]);
      const unsaid = await asked(server, place).expect(400);
      expect(unsaid.body.error).toMatchObject({
        code: 'INVALID_REQUEST',
        message: expect.stringContaining('give its value as "infrastructure"'),
      });
    });

    it('may let a person choose among its artifact sources, each with its tags', async () => {
      await simulator.setArtifactBuilds('ready');
      await simulator.createService('two', SERVICE_OF_TWO);
      const server = await start();
      const artifacts = `${SERVICE_INPUTS}/serviceDefinition/spec/artifacts/primary`;
      const reference = `${artifacts}/primaryArtifactRef`;
      const first = await asked(server, { input: SERVICE_INPUTS, service: 'two' }).expect(200);
      expect(first.body.inputs.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
        reference,
        `${artifacts}/sources`,
      ]);
      const names = await ask(server, { input: reference, within: 'two' });
      expect(valuesOf(names.body)).toEqual(['image', 'mirror']);
      const given = { service: 'two', source: 'image' };
      const { body } = await asked(server, { input: `${artifacts}/sources`, ...given }).expect(200);
      const [{ pointer }] = body.inputs;
      expect(pointer).toBe(`${artifacts}/sources/0/spec/tag`);
      const tags = await ask(server, { input: pointer, within: 'two', source: 'image' });
      expect(tags.body.choices.length).toBeGreaterThan(0);
      const unknown = await ask(server, { input: pointer, within: 'two' });
      expect(unknown.body.error.message).toMatch(/depends on .*primaryArtifactRef: give its value as "source"/);
    });

    it('is checked by what it asks for, and sent with it', async () => {
      const server = await start();
      await simulator.forgetRequests();
      const infrastructures = await ask(server, { input: INFRASTRUCTURES, within: 'int_stable' });
      const place = { [SERVICE]: 'payment_service', [ENVIRONMENT]: 'int_stable' };
      const inputs = { ...place, [INFRASTRUCTURES]: valuesOf(infrastructures.body).slice(0, 1) };
      const refused = await deploy(server, 'open', { inputs }).expect(400);
      const missing: { code: string; path: string }[] = refused.body.violations;
      expect(missing.length).toBeGreaterThan(0);
      expect(missing.every(({ code, path: at }) => code === 'FIELD_REQUIRED' && at.includes('serviceInputs'))).toBe(
        true,
      );
      const before = (await simulator.runs()).length;
      const { body } = await asked(server, { input: SERVICE_INPUTS, service: 'payment_service' }).expect(200);
      const answers = body.inputs.map(({ pointer, kind }: { pointer: string; kind: string }) => [
        pointer,
        kind === 'list' ? ['values.yaml'] : 'v2.3.1',
      ]);
      await deploy(server, 'open', { inputs: { ...inputs, ...Object.fromEntries(answers) } }).expect(202);
      const [run] = (await simulator.runs()).slice(before);
      const sent = JSON.parse(run.request!.body).pipeline.stages[0].stage.spec.service;
      expect(sent).toMatchObject({
        serviceRef: 'payment_service',
        serviceInputs: {
          serviceDefinition: {
            type: 'Kubernetes',
            spec: { artifacts: { primary: { sources: [{ spec: { tag: 'v2.3.1' } }] } } },
          },
        },
      });
    });
  });
});
