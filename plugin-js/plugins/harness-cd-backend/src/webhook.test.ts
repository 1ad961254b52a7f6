import type { Server } from 'node:http';
import { mockServices, startTestBackend } from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { Simulator } from 'harness-cd-test-utils';
import type { Knex } from 'knex';
import request from 'supertest';
import { createDatabase, startBackend } from './__testUtils__/startBackend';
import { harnessCdPlugin } from './plugin';

jest.setTimeout(60_000);

const secret = 'known-to-two-and-no-more';
const DAY_S = 24 * 60 * 60;

describe('the webhook', () => {
  let simulator: Simulator;
  let knex: Knex;
  let server: Server;

  beforeAll(async () => {
    simulator = await Simulator.start();
    knex = await createDatabase();
    const config = { harnessCd: { webhook: { secret } } };
    server = await startBackend({ simulator, entities: [], knex, config });
  });

  afterAll(() => simulator?.stop());

  const now = () => Math.floor(Date.now() / 1_000);

  function event(fields: object = {}) {
    const { account, org, project } = Simulator.scope;
    const scope = { accountIdentifier: account, orgIdentifier: org, projectIdentifier: project };
    const eventData = {
      ...scope,
      pipelineIdentifier: 'payment_service_cd',
      eventType: 'PipelineStart',
      startTs: now(),
    };
    return { eventData: { ...eventData, planExecutionId: Math.random().toString(36), ...fields } };
  }

  const send = (body: object | string, given: string | undefined = secret) =>
    request(server)
      .post('/api/harness-cd/v1/webhook')
      .set(given === undefined ? {} : { 'X-Harness-CD-Secret': given })
      .set('content-type', 'application/json')
      .send(body);

  it('has what happened read from Harness', async () => {
    const before = await simulator.calls();
    await send(event()).expect(202, { kind: 'noted' });
    while ((await simulator.calls()) === before) await new Promise(done => setTimeout(done, 50));
    while ((await knex('harness_cd_executions').pluck('id')).length === 0) {
      await new Promise(done => setTimeout(done, 50));
    }
    expect(await knex('harness_cd_syncs').where({ pipeline: 'payment_service_cd' }).pluck('happened_at')).toEqual([
      expect.any(Number),
    ]);
  });

  it('keeps the record right whatever comes: events are shuffled, doubled, lost and forged', async () => {
    const place = { imageTag: 'v2.3.1', targetEnvironment: 'int-stable', targetRegion: 'euw1' };
    const ids: string[] = [];
    const sent: request.Test[] = [];
    for (let number = 0; number < 10; number += 1) {
      const planExecutionId = await simulator.run('payment_service_cd', place);
      ids.push(planExecutionId);
      const events = ['PipelineStart', 'StageStart', 'StageSuccess', 'PipelineEnd', 'PipelineSuccess']
        .map(eventType => ({ body: event({ planExecutionId, eventType }), at: Math.random() }))
        .sort((one, other) => one.at - other.at);
      const [lost, doubled, ...others] = events;
      for (const { body } of [doubled, ...others, doubled]) sent.push(send(body));
      sent.push(send(lost.body, 'wrong-to-one-and-no-more'));
    }
    await simulator.setClock({ advanceMs: 3_600_000 });
    const statuses = (await Promise.all(sent)).map(({ status }) => status);
    const times = (wanted: number) => statuses.filter(status => status === wanted).length;
    expect([times(202), times(409), times(401)]).toEqual([40, 10, 10]);
    // Nothing else has a backend in a test read on.
    const known = async () => {
      await send(event()).expect(202);
      return knex('harness_cd_executions').whereIn('id', ids).where({ phase: 'succeeded' }).pluck('id');
    };
    while ((await known()).length < ids.length) await new Promise(done => setTimeout(done, 300));
    expect((await known()).sort()).toEqual(ids.sort());
  });

  it.each([['wrong-to-one-and-no-more'], [''], ['known-to-two-and-no-mor']])('refuses the secret %p', async given => {
    const { body } = await send(event(), given).expect(401);
    expect(body.error.message).toContain('X-Harness-CD-Secret');
    expect(JSON.stringify(body)).not.toContain(secret);
  });

  it('takes an event once, and none of long ago, in seconds or milliseconds', async () => {
    const one = event();
    await send(one).expect(202);
    await send(one).expect(409);
    await send(event({ startTs: now() - 40 * DAY_S })).expect(409);
    await send(event({ startTs: (now() - 40 * DAY_S) * 1_000 })).expect(409);
    const { body } = await send(event({ startTs: now() - 40 * DAY_S, endTs: now() })).expect(202);
    expect(body).toEqual({ kind: 'noted' });
  });

  it.each(['', '{', '[]', '{"eventData":{}}', '{"eventData":{"accountIdentifier":7}}'])('refuses %p', async text => {
    const { body } = await send(text).expect(400);
    expect(body.error.message).toContain('no event of a pipeline');
  });

  it('refuses what is out of reach', async () => {
    const { body } = await send(event({ projectIdentifier: 'other' })).expect(400);
    expect(body.error.code).toBe('WRONG_SCOPE');
  });

  it('is not there without a secret, and none is too short', async () => {
    const without = await startBackend({ simulator, entities: [] });
    const { status } = await request(without).post('/api/harness-cd/v1/webhook').send({});
    expect([401, 404]).toContain(status);
    const harnessCd = { ...simulator.config.harnessCd, webhook: { secret: 'short' } };
    const rootConfig = mockServices.rootConfig.factory({ data: { harnessCd } });
    const backend = startTestBackend({ features: [harnessCdPlugin, catalogServiceMock.factory(), rootConfig] });
    await expect(backend).rejects.toThrow(/harnessCd\.webhook\.secret .* fewer than 16 characters/);
  });
});
