import type { Server } from 'node:http';
import type { RuntimeInput } from 'backstage-plugin-harness-cd-common';
import { Simulator } from 'harness-cd-test-utils';
import request from 'supertest';
import { component, deploy, path, startBackend } from './__testUtils__/startBackend';

jest.setTimeout(60_000);

const PLACE = { repoName: 'deploys', filePath: '.harness/far.yaml' };

/** A pipeline that asks for one input. */
function text(input: string, stage: string, names: object = { identifier: 'far', name: 'far' }): string {
  const wait = { step: { identifier: 'w', name: 'w', type: 'Wait', spec: { duration: '5s' } } };
  return JSON.stringify({
    pipeline: {
      ...names,
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

describe('a pipeline that cannot be read', () => {
  let simulator: Simulator;
  let server: Server;

  beforeAll(async () => {
    simulator = await Simulator.start();
    const names = { identifier: 'shop', name: 'shop', tags: { service: 'shop' } };
    await simulator.createPipeline(text('word', 'first', names), { ...PLACE, filePath: '.harness/shop.yaml' });
    const gone = { 'harness.io/pipeline-url': `${simulator.pipelineUrl('shop')}?storeType=REMOTE&branch=gone` };
    const deleted = { 'harness.io/pipeline-url': simulator.pipelineUrl('deleted') };
    const entities = [component('shop', gone), component('thief', gone), component('deleted', deleted)];
    server = await startBackend({ simulator, entities });
  });

  afterAll(() => simulator?.stop());

  it('shows its history to its own entity, as Harness lists whose it is', async () => {
    const { body } = await request(server).get(path('shop', 'deployments')).expect(200);
    expect(body).toMatchObject({ deployments: [] });
    expect(body.failure).toBeUndefined();
    const foreign = await request(server).get(path('thief', 'deployments')).expect(403);
    expect(foreign.body.error.code).toBe('FOREIGN_PIPELINE');
    const deleted = await request(server).get(path('deleted', 'deployments')).expect(404);
    expect(deleted.body.error.code).toBe('PIPELINE_NOT_FOUND');
  });

  it('says why it cannot be run, and starts nothing', async () => {
    const target = await request(server).get(path('shop', 'deploy-target')).expect(200);
    expect(target.body.inputs).toBeUndefined();
    expect(target.body.failure.message).toContain(
      'Git holds no pipeline `shop` on the branch `gone`; the branch may have been deleted',
    );
    const { body } = await deploy(server, 'shop', { inputs: { word: 'x' } });
    expect(body.kind ?? body.error.code).not.toBe('started');
    expect((await simulator.runs()).filter(run => run.pipeline === 'shop')).toEqual([]);
  });
});
