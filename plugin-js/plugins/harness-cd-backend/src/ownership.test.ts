import type { Server } from 'node:http';
import { mockServices } from '@backstage/backend-test-utils';
import { Simulator, stopClocks } from 'harness-cd-test-utils';
import request from 'supertest';
import { component, deploy, path, startBackend } from './__testUtils__/startBackend';
import { waitFor } from './__testUtils__/waitFor';

jest.setTimeout(60_000);

const good = { service: 'payment-service', imageTag: 'v2.3.1', environment: 'int-stable', region: 'euw1' };
const inputs = { version: 'v4.1.0' };
const READS = ['deployments', 'deploy-target', 'executions/abc'];

describe('whose pipeline it is', () => {
  let simulator: Simulator;
  let before: number;
  const auditor = mockServices.auditor.mock();
  const event = { success: jest.fn(), fail: jest.fn() };

  beforeAll(async () => {
    simulator = await Simulator.start();
    await simulator.createPipelineLikeStorefront('untagged', {});
    await simulator.createPipelineLikeStorefront('tagged', { service: 'shop' });
    await simulator.createPipelineLikeStorefront('tagged_exactly', { 'backstage-entity': 'component:default/shop' });
  });

  afterAll(() => simulator?.stop());

  afterEach(() => jest.useRealTimers());

  beforeEach(async () => {
    jest.resetAllMocks();
    auditor.createEvent.mockResolvedValue(event);
    await simulator.clearFaults();
    before = (await simulator.runs()).length;
  });

  /** A backend with a component that names a pipeline. */
  async function start(name: string, pipeline: string, trustAnnotations?: string): Promise<Server> {
    const entities = [component(name, { 'harness.io/pipeline-url': simulator.pipelineUrl(pipeline) })];
    const config = trustAnnotations ? { harnessCd: { trustAnnotations } } : {};
    return startBackend({ simulator, entities, config, features: [auditor.factory] });
  }

  const runs = async () => (await simulator.runs()).length - before;

  /** Every route refuses, and says whose it is or which tag would allow it. */
  async function expectRefused(server: Server, name: string, sentence: RegExp) {
    const body = name === 'impostor' ? good : { inputs };
    const answers = [
      ...READS.map(rest => request(server).get(path(name, rest))),
      request(server).post(path(name, 'deployment-checks')).send(body),
      deploy(server, name, body),
    ];
    for (const answer of await Promise.all(answers)) {
      expect([answer.request.url, answer.status]).toEqual([answer.request.url, 403]);
      expect(answer.body.error).toMatchObject({
        name: 'NotAllowedError',
        code: 'FOREIGN_PIPELINE',
        message: expect.stringMatching(sentence),
      });
    }
    expect(await runs()).toBe(0);
    expect(event.fail).toHaveBeenCalledTimes(1);
  }

  it.each([undefined, 'all'])('is not for the annotation to say of a pipeline of the config repo (%p)', async trust => {
    const server = await start('impostor', 'payment_service_cd', trust);
    await expectRefused(server, 'impostor', /is of component:default\/payment-service, says services\.yaml/);
  });

  it.each([
    ['tagged', undefined],
    ['tagged', 'all'],
    ['tagged_exactly', 'all'],
  ])('is not for the annotation to say of one whose tag names another (%s, %p)', async (pipeline, trust) => {
    const server = await start('impostor-of-shop', pipeline, trust);
    await expectRefused(server, 'impostor-of-shop', /is of component:default\/shop, says its tag/);
  });

  it.each(['tagged', 'tagged_exactly'])('is for the tag to say of one in no config repo: %s', async pipeline => {
    const server = await start('shop', pipeline, 'none');
    await request(server).get(path('shop', 'deployments')).expect(200);
    expect((await request(server).get(path('shop', 'deploy-target')).expect(200)).body.inputs).toHaveLength(7);
    await deploy(server, 'shop', { inputs }).expect(202);
    expect(await runs()).toBe(1);
  });

  it('says nobody of an untagged one, whose history may be seen, and names the tag that would allow to run it', async () => {
    const server = await start('shop', 'untagged');
    await request(server).get(path('shop', 'deployments')).expect(200);
    const refused = await deploy(server, 'shop', { inputs }).expect(403);
    expect(refused.body.error).toMatchObject({
      code: 'FOREIGN_PIPELINE',
      message: expect.stringContaining('Add the tag `service: shop` to the pipeline in Harness'),
    });
    expect(await runs()).toBe(0);
  });

  it('says nobody of an untagged one, which is shown to nobody where annotations are not trusted', async () => {
    await expectRefused(await start('shop', 'untagged', 'none'), 'shop', /Add the tag `service: shop`/);
  });

  it('says nobody of an untagged one, which runs where annotations are trusted', async () => {
    const server = await start('shop', 'untagged', 'all');
    await deploy(server, 'shop', { inputs }).expect(202);
    expect(await runs()).toBe(1);
  });

  it('is known of a pipeline of the config repo while Harness is away', async () => {
    const server = await start('payment-service', 'payment_service_cd', 'none');
    await simulator.addFault({ kind: 'unauthorized', times: 0 });
    const { body } = await request(server).get(path('payment-service', 'deployments')).expect(200);
    expect(body.failure.code).toBe('UNAUTHORIZED');
    const foreign = await start('impostor', 'payment_service_cd');
    await request(foreign).get(path('impostor', 'deployments')).expect(403);
  });

  it('is remembered of a pipeline that was tagged while Harness is away, and unknown of one never seen', async () => {
    const server = await start('shop', 'tagged', 'none');
    stopClocks();
    await request(server).get(path('shop', 'deployments')).expect(200);
    await simulator.addFault({ kind: 'unauthorized', times: 0 });
    jest.advanceTimersByTime(3_600_000);
    const look = () => request(server).get(path('shop', 'deployments')).expect(200);
    // What is known is there at once, and that Harness refuses as soon as it has.
    let { body } = await look();
    expect(body).toMatchObject({ asOf: expect.any(Number) });
    await waitFor(async () => {
      ({ body } = await look());
      return body.failure !== undefined;
    });
    expect(body).toMatchObject({ failure: { code: 'UNAUTHORIZED' }, asOf: expect.any(Number) });

    const other = await start('impostor-of-shop', 'tagged');
    const { body: unseen } = await request(other).get(path('impostor-of-shop', 'deployments')).expect(200);
    expect(unseen).toMatchObject({ deployments: [], failure: { code: 'UNAUTHORIZED' } });
  });
});
