import type { Server } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { createServiceFactory } from '@backstage/backend-plugin-api';
import { eventsServiceRef } from '@backstage/plugin-events-node';
import { signalsServiceRef } from '@backstage/plugin-signals-node';
import type { DeploymentEvent } from 'backstage-plugin-harness-cd-common';
import { Simulator } from 'harness-cd-test-utils';
import type { Knex } from 'knex';
import request from 'supertest';
import { component, createDatabase, path, startBackend } from './__testUtils__/startBackend';

jest.setTimeout(60_000);

describe('what changes', () => {
  const signals: { channel: string; message: { execution?: string } }[] = [];
  const events: { topic: string; eventPayload: DeploymentEvent }[] = [];
  let simulator: Simulator;
  let knex: Knex;
  let server: Server;

  beforeAll(async () => {
    simulator = await Simulator.start();
    await simulator.setClock({ speed: 0 });
    knex = await createDatabase();
    const annotations = { 'harness.io/pipeline-url': simulator.pipelineUrl('payment_service_cd') };
    const signalsFactory = createServiceFactory({
      service: signalsServiceRef,
      deps: {},
      factory: () => ({ publish: async signal => void signals.push(signal) }),
    });
    const eventsFactory = createServiceFactory({
      service: eventsServiceRef,
      deps: {},
      factory: () => ({ publish: async event => void events.push(event as any), subscribe: async () => {} }),
    });
    const features = [signalsFactory, eventsFactory];
    server = await startBackend({ simulator, knex, features, entities: [component('payment-service', annotations)] });
    await request(server).get(path('payment-service', 'deployments')).expect(200);
    const own = () => knex('harness_cd_syncs').where({ pipeline: 'payment_service_cd' }).pluck('is_whole');
    await until(async () => (await own())[0]);
  });

  afterAll(() => simulator?.stop());

  async function until<T>(look: () => Promise<T> | T): Promise<NonNullable<T>> {
    for (;;) {
      const found = await look();
      if (found) return found;
      await wait(50);
    }
  }

  it('in Harness is told to the pages of its pipeline, and to other plugins once', async () => {
    const { body } = await request(server).get(path('payment-service', 'channels')).expect(200);
    const [own] = body.channels;
    expect(events).toEqual([]);
    signals.length = 0;
    const executionId = await simulator.run('payment_service_cd', {
      imageTag: 'v2.3.1',
      targetEnvironment: 'int-stable',
      targetRegion: 'euw1',
    });
    // Harness lists a run some seconds late.
    await simulator.setClock({ advanceMs: 5_000 });
    const eventsOf = () => events.filter(event => event.eventPayload.deployment.executionId === executionId);
    // Somebody looks again and again; nothing else reads the record of a backend in a test.
    const lastEvent = async () => {
      await request(server).get(path('payment-service', 'deployments')).expect(200);
      return eventsOf().at(-1);
    };
    const { eventPayload } = await until(lastEvent);
    expect(eventPayload).toMatchObject({ pipeline: { pipeline: 'payment_service_cd' }, deployment: { executionId } });
    await until(() => signals.some(({ channel }) => channel === own));
    expect(events.map(({ topic }) => topic)).toEqual(events.map(() => 'harnessCd.deployment'));

    await request(server)
      .get(path('payment-service', `executions/${executionId}`))
      .expect(200);
    await simulator.setClock({ advanceMs: 3_600_000 });
    await until(() => signals.some(({ channel, message }) => channel === own && message.execution === executionId));
    await until(async () => (await lastEvent())?.eventPayload.deployment.phase === 'succeeded');
    const told = events.map(({ eventPayload: { deployment } }) => JSON.stringify(deployment));
    expect(new Set(told).size).toBe(told.length);
    expect(JSON.stringify(signals)).not.toMatch(/payment|int.stable|v2\.3\.1/);
  });

  it('is told on no channel to who asks for the run of another pipeline', async () => {
    const other = await simulator.run('order_service_cd', {
      imageTag: 'v2.3.1',
      targetEnvironment: 'int-stable',
      targetRegion: 'euw1',
    });
    signals.length = 0;
    await request(server)
      .get(path('payment-service', `executions/${other}`))
      .expect(404);
    await simulator.setClock({ advanceMs: 60_000 });
    await wait(3_000);
    expect(signals.filter(({ message }) => message.execution === other)).toEqual([]);
  });
});
