import type { Server } from 'node:http';
import type { RuntimeInput } from 'backstage-plugin-harness-cd-common';
import { Simulator } from 'harness-cd-test-utils';
import request from 'supertest';
import { component, deploy, path, startBackend } from './__testUtils__/startBackend';

jest.setTimeout(60_000);

const PLACE = { repoName: 'deploys', filePath: '.harness/far.yaml' };

/** A pipeline that asks for one input, and is of the component `far` and of the component `near`. */
function text(input: string, stage: string): string {
  const wait = { step: { identifier: 'w', name: 'w', type: 'Wait', spec: { duration: '5s' } } };
  return JSON.stringify({
    pipeline: {
      identifier: 'far',
      name: 'far',
      orgIdentifier: Simulator.scope.org,
      projectIdentifier: Simulator.scope.project,
      variables: [{ name: input, type: 'String', value: '<+input>', required: true }],
      stages: [{ stage: { identifier: stage, name: stage, type: 'Custom', spec: { execution: { steps: [wait] } } } }],
    },
  });
}

describe('a pipeline in Git', () => {
  let simulator: Simulator;
  let server: Server;

  beforeAll(async () => {
    simulator = await Simulator.start();
    await simulator.createPipeline(text('word', 'first'), PLACE);
    await simulator.push({ repo: 'deploys', branch: 'release/2', path: PLACE.filePath, text: text('other', 'second') });
    const url = simulator.pipelineUrl('far');
    const entities = [
      component('main', { 'harness.io/pipeline-url': url }),
      component('release', { 'harness.io/pipeline-url': `${url}?storeType=REMOTE&branch=release%2F2` }),
    ];
    server = await startBackend({ simulator, entities, config: { harnessCd: { trustAnnotations: 'all' } } });
  });

  afterAll(() => simulator?.stop());

  it.each([
    ['main', undefined, 'word', 'other', 'first'],
    ['release', 'release/2', 'other', 'word', 'second'],
  ])('is read, checked and run from the branch of its address: %s', async (name, branch, own, foreign, stage) => {
    const target = await request(server).get(path(name, 'deploy-target')).expect(200);
    expect(target.body.branch).toBe(branch);
    expect(target.body.inputs.map((input: RuntimeInput) => input.name)).toEqual([own]);

    const refused = await deploy(server, name, { inputs: { [foreign]: 'x' } }).expect(400);
    expect(refused.body.violations).toHaveLength(2);

    const { body } = await deploy(server, name, { inputs: { [own]: 'x' } }).expect(202);
    const execution = path(name, `executions/${body.executionId}`);
    let progress = await request(server).get(execution);
    while (progress.body.stages?.length !== 1) progress = await request(server).get(execution);
    expect(progress.body.stages).toMatchObject([{ name: stage }]);
  });
});
