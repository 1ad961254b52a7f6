import type { Server } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { mockServices } from '@backstage/backend-test-utils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import type { ExecutionProgress, InputSetSummary } from 'backstage-plugin-harness-cd-common';
import { Simulator } from 'harness-cd-test-utils';
import request, { type Test } from 'supertest';
import { component, deploy, path, startBackend } from './__testUtils__/startBackend';

jest.setTimeout(60_000);

const stage = (identifier: string, step: string) => `
    - stage:
        name: ${identifier}
        identifier: ${identifier}
        type: Custom
        spec: { execution: { steps: [{ step: { type: ShellScript, name: ${identifier}, identifier: ${identifier}, timeout: 10m, spec: ${step} } }] } }`;
const variable = (name: string, value: string) => `{ name: ${name}, type: String, value: "${value}" }`;
const colour = variable('colour', '<+input>.allowedValues(left,right).executionInput()');

const PIPELINE = `
pipeline:
  name: Choice
  identifier: choice
  orgIdentifier: default
  projectIdentifier: platform
  allowStageExecutions: true
  tags: { service: chooser }
  variables:
    - { name: word, type: String, required: true, value: <+input> }
    - { name: zone, type: String, required: false, value: <+input> }
  stages:${stage('ask', `{ environmentVariables: [${colour}] }`)}${stage('announce', '{}')}
`;

const inputSet = (identifier: string, variables: string[]) => `
inputSet: { name: ${identifier}, identifier: ${identifier}, orgIdentifier: default, projectIdentifier: platform, pipeline: { identifier: choice, variables: [${variables}] } }
`;
const OVERLAY = `
overlayInputSet: { name: both, identifier: both, orgIdentifier: default, projectIdentifier: platform, pipelineIdentifier: choice, inputSetReferences: [base, south] }
`;

const WORD = '/pipeline/variables/0/value';
const ZONE = '/pipeline/variables/1/value';
const COLOUR = '/step/spec/environmentVariables/0/value';

describe('what a run is given', () => {
  let simulator: Simulator;
  const auditor = mockServices.auditor.mock();
  const auditorEvent = { success: jest.fn(), fail: jest.fn() };

  beforeAll(async () => {
    simulator = await Simulator.start();
    await simulator.createPipeline(PIPELINE);
    await simulator.createInputSet('choice', inputSet('base', [variable('word', 'hi'), variable('zone', 'north')]));
    await simulator.createInputSet('choice', inputSet('south', [variable('zone', 'south')]));
    await simulator.createInputSet('choice', inputSet('old', [variable('gone', 'x')]));
    await simulator.createInputSet('choice', OVERLAY);
  });

  afterAll(() => simulator?.stop());

  beforeEach(async () => {
    jest.resetAllMocks();
    auditor.createEvent.mockResolvedValue(auditorEvent);
    await simulator.forgetRequests();
  });

  async function start(result: AuthorizeResult.ALLOW | AuthorizeResult.DENY = AuthorizeResult.ALLOW): Promise<Server> {
    const entities = [component('chooser', { 'harness.io/pipeline-url': simulator.pipelineUrl('choice') })];
    return startBackend({
      simulator,
      entities,
      features: [auditor.factory, mockServices.permissions.factory({ result })],
    });
  }

  /** The runs that Harness was asked for. */
  async function posts() {
    const requests = await simulator.requests();
    return requests.filter(({ method, path: of }) => method === 'POST' && of.includes('/pipeline/execute/'));
  }

  describe('by input sets', () => {
    it('is listed, and read together: a later one wins', async () => {
      const server = await start();
      const { body } = await request(server).get(path('chooser', 'input-sets')).expect(200);
      expect(new Set(body.map(({ identifier }: InputSetSummary) => identifier))).toEqual(
        new Set(['both', 'old', 'south', 'base']),
      );
      expect(body).toContainEqual({ identifier: 'both', name: 'both', isOverlay: true });
      const read = async (query: string) =>
        (
          await request(server)
            .get(path('chooser', `saved-inputs?${query}`))
            .expect(200)
        ).body;
      expect(await read('inputSet=both')).toEqual({ values: { [WORD]: 'hi', [ZONE]: 'south' }, violations: [] });
      expect(await read('inputSet=south&inputSet=base')).toEqual({
        values: { [WORD]: 'hi', [ZONE]: 'north' },
        violations: [],
      });
    });

    it('is refused by name where a set is unknown or outdated, and then nothing is started', async () => {
      const server = await start();
      const inputSets = ['bose', 'old'];
      const expected = [
        { code: 'INPUT_SET_UNKNOWN', path: '/inputSets/0', message: expect.stringContaining('“bose”') },
        { code: 'INPUT_SET_UNFIT', path: '/inputSets/1', message: expect.stringMatching(/“old”.*gone/) },
      ];
      const read = await request(server).get(path('chooser', 'saved-inputs?inputSet=bose&inputSet=old')).expect(200);
      expect(read.body.violations).toMatchObject(expected);
      const refused = await deploy(server, 'chooser', { inputSets }).expect(400);
      expect(refused.body).toMatchObject({ kind: 'rejected', violations: expected });
      expect(await posts()).toEqual([]);
    });

    it('is started with them, for the record by name, and is another request without them', async () => {
      const server = await start();
      const asked = { inputSets: ['base', 'south'], inputs: { word: 'own' } };
      const { body } = await deploy(server, 'chooser', asked, 'key-of-the-sets').expect(202);
      expect(body).toMatchObject({ kind: 'started' });
      expect(await posts()).toMatchObject([
        { query: expect.stringContaining('inputSetIdentifiers=base&inputSetIdentifiers=south') },
      ]);
      await deploy(server, 'chooser', { ...asked, inputSets: ['base'] }, 'key-of-the-sets').expect(409);
      expect(auditorEvent.success).toHaveBeenCalledWith({
        meta: expect.objectContaining({ inputSets: ['base', 'south'] }),
      });
    });

    it.each([
      ['saved-inputs', /^inputSet is missing: it takes identifiers of 1 to 50 input sets/],
      [`saved-inputs?inputSet=${'x'.repeat(200)}`, /^inputSet takes identifiers .*, not “x{60}”$/],
      ['saved-inputs?inputSet=base&pipeline=a&pipeline=b', /^pipeline takes the label of one pipeline, once/],
    ])('is asked for rightly: %s', async (wrong, message) => {
      const { body } = await request(await start())
        .get(path('chooser', wrong))
        .expect(400);
      expect(body.error).toMatchObject({ code: 'INVALID_REQUEST', message: expect.stringMatching(message) });
    });

    it.each(['input-sets', 'saved-inputs?inputSet=base'])('is for those who may start it: %s', async route => {
      await request(await start(AuthorizeResult.DENY))
        .get(path('chooser', route))
        .expect(403);
      expect(await simulator.requests()).toEqual([]);
    });
  });

  it('is started with the stages that are chosen, and with no other', async () => {
    const server = await start();
    const target = await request(server).get(path('chooser', 'deploy-target')).expect(200);
    expect(target.body.stages).toMatchObject([{ identifier: 'ask' }, { identifier: 'announce' }]);
    const unknown = await deploy(server, 'chooser', { stages: ['anounce'], inputs: { word: 'hi' } }).expect(400);
    expect(unknown.body.violations).toMatchObject([{ code: 'STAGE_UNKNOWN', path: '/stages/0' }]);
    expect(await posts()).toEqual([]);
    await deploy(server, 'chooser', { stages: ['announce'], inputs: { word: 'hi' } }).expect(202);
    expect(await posts()).toMatchObject([{ path: '/pipeline/api/pipeline/execute/choice/stages' }]);
  });

  describe('while it goes on', () => {
    /** A run that asks, and the node that does. */
    async function asking(server: Server): Promise<{ executionId: string; node: string }> {
      const { body } = await deploy(server, 'chooser', { inputs: { word: 'hi' } }).expect(202);
      const { executionId } = body;
      for (;;) {
        const answer = await request(server).get(path('chooser', `executions/${executionId}`));
        const progress: ExecutionProgress = answer.body;
        const steps = progress.stages?.flatMap(({ steps: of }) => of) ?? [];
        const node = steps.find(({ askingNode }) => askingNode)?.askingNode;
        if (node) return { executionId, node };
        await wait(200);
      }
    }

    const answer = (
      server: Server,
      { executionId, node }: { executionId: string; node: string },
      value: string,
    ): Test =>
      request(server)
        .post(path('chooser', `executions/${executionId}/inputs/${node}`))
        .send({ inputs: { [COLOUR]: value } });

    it('is asked for, checked, sent once, and in the audit log', async () => {
      const server = await start();
      const of = await asking(server);
      const question = path('chooser', `executions/${of.executionId}/inputs/${of.node}`);
      const { body } = await request(server).get(question).expect(200);
      expect(body.inputs).toMatchObject([
        { pointer: COLOUR, name: 'colour', allowedValues: ['left', 'right'], executionInput: false },
      ]);

      auditor.createEvent.mockClear();
      auditorEvent.success.mockClear();
      await simulator.forgetRequests();
      const refused = await answer(server, of, 'up').expect(200);
      expect(refused.body).toMatchObject({ kind: 'rejected', violations: [{ code: 'VALUE_NOT_ALLOWED' }] });
      const given = async () =>
        (await simulator.requests()).filter(
          ({ method, path: at }) => method === 'POST' && at.includes('execution-input'),
        );
      expect(await given()).toEqual([]);
      expect((await answer(server, of, 'left').expect(200)).body).toEqual({ kind: 'taken' });
      expect((await answer(server, of, 'right').expect(200)).body).toEqual({ kind: 'tooLate' });
      expect(await given()).toHaveLength(1);
      await request(server).get(question).expect(404);

      expect(auditor.createEvent).toHaveBeenCalledWith(
        expect.objectContaining({
          eventId: 'execution-input-answer',
          meta: {
            entityRef: 'component:default/chooser',
            answeredBy: 'user:default/mock',
            executionId: of.executionId,
            node: of.node,
          },
        }),
      );
      expect(auditorEvent.success).toHaveBeenCalledWith({ meta: { outcome: 'taken' } });
      expect(auditorEvent.fail).toHaveBeenCalledTimes(2);
    });

    it('is not asked for by another execution, and not of those who may not start it', async () => {
      const server = await start();
      const unknown = await request(server).get(path('chooser', 'executions/unknown/inputs/node')).expect(404);
      expect(unknown.body.error).toMatchObject({ code: 'NOT_FOUND', message: expect.any(String) });
      await request(await start(AuthorizeResult.DENY))
        .post(path('chooser', 'executions/unknown/inputs/node'))
        .send({})
        .expect(403);
      expect(auditorEvent.fail).toHaveBeenCalledTimes(1);
    });
  });
});
