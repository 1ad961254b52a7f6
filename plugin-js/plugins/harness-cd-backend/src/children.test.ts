import type { Server } from 'node:http';
import type { ExecutionStage } from 'backstage-plugin-harness-cd-common';
import { Simulator } from 'harness-cd-test-utils';
import request from 'supertest';
import { component, deploy, path, startBackend } from './__testUtils__/startBackend';

jest.setTimeout(60_000);

const { org, project } = Simulator.scope;

function pipeline(identifier: string, stage: object): string {
  const about = { identifier, name: identifier, orgIdentifier: org, projectIdentifier: project };
  return JSON.stringify({ pipeline: { ...about, stages: [{ stage }] } });
}

const WAIT = { step: { identifier: 'w', name: 'Take a breath', type: 'Wait', spec: { duration: '5s' } } };
const WORK = { identifier: 'work', name: 'Work', type: 'Custom', spec: { execution: { steps: [WAIT] } } };
const CHAIN = { identifier: 'chain', name: 'Chain', type: 'Pipeline', spec: { org, project, pipeline: 'child' } };

describe('a run that a stage of another one has started', () => {
  let simulator: Simulator;
  let server: Server;

  beforeAll(async () => {
    simulator = await Simulator.start();
    await simulator.createPipeline(pipeline('child', WORK));
    await simulator.createPipeline(pipeline('train', CHAIN));
    await simulator.createPipeline(pipeline('other', WORK));
    const entities = ['train', 'other'].map(name =>
      component(name, { 'harness.io/pipeline-url': simulator.pipelineUrl(name) }),
    );
    server = await startBackend({ simulator, entities, config: { harnessCd: { trustAnnotations: 'all' } } });
  });

  afterAll(() => simulator?.stop());

  async function start(name: string): Promise<string> {
    const { body } = await deploy(server, name, { inputs: {} }).expect(202);
    return body.executionId;
  }

  it('is followed from there, and from nowhere else', async () => {
    const parent = await start('train');
    const about = path('train', `executions/${parent}`);
    let chain: ExecutionStage | undefined;
    while (!chain?.child) {
      const { body } = await request(server).get(about);
      [chain] = body.stages ?? [];
    }
    const child = chain.child.executionId;
    const { body } = await request(server).get(`${about}/children/${child}`).expect(200);
    expect(body).toMatchObject({ executionId: child, pipeline: 'child', stages: [{ name: 'Work' }] });

    // Neither a run of its own accord, nor one of another run, nor by way of another entity.
    const stranger = await start('other');
    await request(server)
      .get(path('train', `executions/${child}`))
      .expect(404);
    await request(server).get(`${about}/children/${stranger}`).expect(404);
    await request(server)
      .get(path('other', `executions/${stranger}/children/${child}`))
      .expect(404);
    await request(server)
      .get(path('other', `executions/${parent}/children/${child}`))
      .expect(404);
  });
});
