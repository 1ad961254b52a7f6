import type { Server } from 'node:http';
import { createServiceFactory, coreServices } from '@backstage/backend-plugin-api';
import { mockCredentials } from '@backstage/backend-test-utils';
import { type Entity, stringifyEntityRef } from '@backstage/catalog-model';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import {
  type ChannelsResponse,
  type FleetDeploymentsResponse,
  type FleetMatrixResponse,
  STATUSES_OF_GROUP,
} from 'backstage-plugin-harness-cd-common';
import { Simulator } from 'harness-cd-test-utils';
import request from 'supertest';
import { component, deploy, path, startBackend } from './__testUtils__/startBackend';

jest.setTimeout(60_000);

const HOUR_MS = 60 * 60_000;

/** An entity with an owner, and of a system. */
function owned(entity: Entity, owner: string, system: string): Entity {
  const relations = [
    { type: 'ownedBy', targetRef: `group:default/${owner}` },
    { type: 'partOf', targetRef: `system:default/${system}` },
  ];
  return { ...entity, relations };
}

describe('the fleet', () => {
  let simulator: Simulator;

  beforeAll(async () => {
    simulator = await Simulator.start();
  });

  afterAll(() => simulator?.stop());

  function entities(): Entity[] {
    const of = (name: string) => ({ 'harness.io/pipeline-url': simulator.pipelineUrl(name) });
    return [
      owned(component('payment-service', of('payment_service_cd')), 'payments', 'shop'),
      owned(component('ledger-service', of('ledger_service_cd')), 'ledger', 'shop'),
      owned(component('foreign', of('payment_service_cd')), 'payments', 'shop'),
      component('without-pipeline', {}),
      {
        apiVersion: 'backstage.io/v1alpha1',
        kind: 'System',
        metadata: { namespace: 'default', name: 'shop' },
        relations: [{ type: 'partOf', targetRef: 'domain:default/retail' }],
      },
    ];
  }

  let forAll: Promise<Server> | undefined;

  /** A backend for somebody who may see all; one for all tests, as each reads the record by the same API key. */
  function start(): Promise<Server> {
    forAll ??= startWithout([]);
    return forAll;
  }

  /** A backend for somebody who may see the deployments of all of them but those. */
  async function startWithout(denied: string[]): Promise<Server> {
    const permissions = createServiceFactory({
      service: coreServices.permissions,
      deps: {},
      factory: () => ({
        authorize: async (questions: any[]) =>
          questions.map(({ resourceRef }) => ({
            result: denied.includes(resourceRef) ? AuthorizeResult.DENY : AuthorizeResult.ALLOW,
          })),
        authorizeConditional: async () => [],
      }),
    });
    const server = await startBackend({ simulator, entities: entities(), features: [permissions as any] });
    // The record is read as somebody looks.
    for (const name of ['payment-service', 'ledger-service']) await request(server).get(path(name, 'matrix'));
    return server;
  }

  async function get<T>(server: Server, rest: string): Promise<T> {
    const { status, body } = await request(server).get(`/api/harness-cd/v1/fleet/${rest}`);
    expect([status, body.error]).toEqual([200, undefined]);
    return body;
  }

  const entitiesIn = ({ deployments }: FleetDeploymentsResponse) =>
    [...new Set(deployments.map(({ entityRef }) => entityRef))].sort();

  it('lists what was deployed of every entity, newest first, part by part', async () => {
    const server = await start();
    const whole = await get<FleetDeploymentsResponse>(server, 'deployments?limit=100');
    expect(entitiesIn(whole)).toEqual(['component:default/ledger-service', 'component:default/payment-service']);
    expect(whole.projects).toHaveLength(1);
    expect(whole.failures).toEqual([]);

    const parts: FleetDeploymentsResponse['deployments'] = [];
    for (let after = ''; ;) {
      const part = await get<FleetDeploymentsResponse>(server, `deployments?limit=7${after}`);
      parts.push(...part.deployments);
      if (!part.next || parts.length >= 100) break;
      after = `&after=${encodeURIComponent(part.next)}`;
    }
    expect(parts.slice(0, 100)).toEqual(whole.deployments.slice(0, parts.length));
    const begins = whole.deployments.map(
      ({ deployment: row }) => row.startedAt ?? row.runStartedAt ?? row.runCreatedAt,
    );
    const known = begins.filter(begin => begin !== undefined);
    expect(known).toEqual([...known].sort((one, other) => other - one));
  });

  it.each([
    ['status=failed', (row: any) => STATUSES_OF_GROUP.failed.includes(row.status)],
    ['environment=prod', (row: any) => row.environment === 'prod'],
    ['region=euw1', (row: any) => row.region === 'euw1'],
    ['environment=prod&status=succeeded', (row: any) => row.environment === 'prod' && row.phase === 'succeeded'],
    ['text=PAYMENT%20prod', (row: any) => row.pipeline === 'payment_service_cd' && row.environment === 'prod'],
    ['text=no%25such', () => false],
  ])('filters by %s over all that there is', async (query, isWanted) => {
    const server = await start();
    const all = await everything(server, '');
    const found = await everything(server, `&${query}`);
    const ids = (rows: FleetDeploymentsResponse['deployments']) => rows.map(({ deployment }) => deployment.id);
    expect(ids(found)).toEqual(ids(all.filter(({ deployment }) => isWanted(deployment))));
    expect(found.length).toBeLessThan(all.length);
  });

  async function everything(server: Server, query: string): Promise<FleetDeploymentsResponse['deployments']> {
    const rows: FleetDeploymentsResponse['deployments'] = [];
    for (let after = ''; ;) {
      const part = await get<FleetDeploymentsResponse>(server, `deployments?limit=100${query}${after}`);
      rows.push(...part.deployments);
      if (!part.next) return rows;
      after = `&after=${encodeURIComponent(part.next)}`;
    }
  }

  it('finds rows by their tag, the number of their run and who asked for them', async () => {
    const server = await start();
    const all = await everything(server, '');
    const [{ deployment: row }] = all.filter(({ deployment: { imageTag, runNumber, triggeredBy } }) =>
      Boolean(imageTag && runNumber && triggeredBy),
    );
    const withTag = await everything(server, `&tag=${row.imageTag}`);
    expect(withTag).toEqual(all.filter(({ deployment }) => deployment.imageTag === row.imageTag));
    const ofRun = await everything(server, `&text=%23${row.runNumber}`);
    expect(ofRun).toEqual(all.filter(({ deployment }) => deployment.runNumber === row.runNumber));
    const ofPerson = await everything(server, `&person=${encodeURIComponent(row.triggeredBy?.toUpperCase() ?? '')}`);
    expect(ofPerson).toEqual(all.filter(({ deployment }) => deployment.triggeredBy === row.triggeredBy));
  });

  it('tells what was under way in a period, and counts what goes on and what failed in it', async () => {
    const server = await start();
    const all = await everything(server, '');
    const from = Date.now() - 24 * HOUR_MS;
    const { counts } = await get<FleetDeploymentsResponse>(server, `deployments?fromMs=${from}&limit=1`);
    const of = (group: string) => async () => (await everything(server, `&status=${group}`)).length;
    expect(counts.running).toBe(await of('running')());
    expect(counts.waiting).toBe(await of('waiting')());
    const failed = await everything(server, `&status=failed&fromMs=${from}`);
    expect(counts.failed).toBe(failed.length);
    const lately = await everything(server, `&fromMs=${from}`);
    expect(lately.length).toBeLessThan(all.length);
    for (const { deployment } of lately) {
      const end = deployment.endedAt ?? deployment.runEndedAt ?? Infinity;
      expect(Math.max(end, deployment.startedAt ?? 0)).toBeGreaterThanOrEqual(from);
    }
    expect((await get<FleetDeploymentsResponse>(server, 'deployments')).counts).not.toHaveProperty('failed');
  });

  it('tells what runs where, as each entity by itself does', async () => {
    const server = await start();
    const { services } = await get<FleetMatrixResponse>(server, 'matrix');
    expect(services.map(({ entityRef }) => entityRef)).toEqual([
      'component:default/ledger-service',
      'component:default/payment-service',
    ]);
    for (const { entityRef, matrix } of services) {
      const { body } = await request(server)
        .get(path(entityRef.split('/')[1], 'matrix'))
        .expect(200);
      const withoutAges = JSON.parse(
        JSON.stringify(body.matrix.services, (key, value) => (key === 'ageMs' ? undefined : value)),
      );
      expect([matrix]).toEqual(withoutAges);
    }
  });

  it('tells what runs where anew when something has changed', async () => {
    const server = await start();
    const cellsOf = async () => {
      const { services } = await get<FleetMatrixResponse>(server, 'matrix');
      const [{ matrix }] = services.filter(({ entityRef }) => entityRef.endsWith('payment-service'));
      return JSON.stringify(matrix);
    };
    const before = await cellsOf();
    const body = { service: 'payment-service', imageTag: 'v9.9.9', environment: 'int-stable', region: 'euw1' };
    const started = await deploy(server, 'payment-service', body);
    expect(started.body.kind).toBe('started');
    const isThere = async () => (await cellsOf()).includes(started.body.executionId);
    for (let tries = 0; tries < 40 && !(await isThere()); tries += 1) await new Promise(done => setTimeout(done, 500));
    expect(await isThere()).toBe(true);
    expect(before).not.toContain(started.body.executionId);
  });

  it.each([
    ['owner=payments', ['payment-service']],
    ['owner=group:default/ledger', ['ledger-service']],
    ['system=shop', ['ledger-service', 'payment-service']],
    ['domain=retail', ['ledger-service', 'payment-service']],
    ['domain=retail&owner=ledger', ['ledger-service']],
    ['entity=ledger-service&entity=component:default/unknown', ['ledger-service']],
    ['entity=ledger-service&owner=payments', []],
    ['system=other', []],
    ['domain=other', []],
  ])('is asked for by %s', async (query, names) => {
    const server = await start();
    const { services } = await get<FleetMatrixResponse>(server, `matrix?${query}`);
    expect(services.map(({ entityRef }) => entityRef.split('/')[1])).toEqual(names);
    expect(entitiesIn(await get(server, `deployments?limit=100&${query}`)).map(ref => ref.split('/')[1])).toEqual(
      names,
    );
  });

  it('tells how well delivery goes by team', async () => {
    const server = await start();
    const { metrics } = await get<any>(server, 'metrics?by=team');
    const teams = metrics.groups.map(({ key }: any) => key.team);
    expect(teams).toEqual(['group:default/ledger', 'group:default/payments']);
    const { metrics: own } = await get<any>(server, 'metrics?owner=payments');
    const { team: _, ...group } = { ...metrics.groups[1], team: undefined };
    expect({ ...group, key: {} }).toEqual({ ...own.groups[0], key: {} });
  });

  it('shows nobody what they may not see', async () => {
    const hidden = stringifyEntityRef({ kind: 'component', namespace: 'default', name: 'payment-service' });
    const server = await start();
    expect(entitiesIn(await get(server, 'deployments?limit=100'))).toContain(hidden);
    const other = await startWithout([hidden]);
    expect(entitiesIn(await get(other, 'deployments?limit=100'))).toEqual(['component:default/ledger-service']);
    expect((await get<FleetDeploymentsResponse>(other, 'deployments?text=payment_service')).deployments).toEqual([]);
    expect((await get<FleetMatrixResponse>(other, 'matrix')).services.map(({ entityRef }) => entityRef)).toEqual([
      'component:default/ledger-service',
    ]);
    const { metrics } = await get<any>(other, 'metrics?by=service');
    expect(metrics.groups.map(({ key }: any) => key.service)).toEqual(['ledger_service']);
  });

  it('tells who may see some of it, and nobody else, where its changes are told', async () => {
    const all = entities().map(entity => stringifyEntityRef(entity));
    const [hidden] = all;
    const { channels } = await get<ChannelsResponse>(await startWithout([hidden]), 'channels');
    expect(channels).toEqual([expect.stringMatching(/^harness-cd:[0-9a-f]{64}$/)]);
    expect((await get<ChannelsResponse>(await startWithout(all), 'channels')).channels).toEqual([]);
  });

  it('is for those who are signed in', async () => {
    const server = await start();
    await request(server)
      .get('/api/harness-cd/v1/fleet/matrix')
      .set('authorization', mockCredentials.none.header())
      .expect(401);
  });

  it.each([
    ['deployments?status=faild', /did you mean failed\?/],
    ['deployments?after=nowhere', /after takes `next` of the part before/],
    ['deployments?fromMs=2&toMs=1', /toMs: the period ends before it begins/],
    ['deployments?limit=501', /limit takes a whole number from 1 to 500/],
    ['matrix?owner=group:', /owner takes a reference like group:default\/name/],
    ['metrics?by=tema', /did you mean team\?/],
  ])('refuses %s, and names the field', async (rest, message) => {
    const server = await start();
    const { body } = await request(server).get(`/api/harness-cd/v1/fleet/${rest}`).expect(400);
    expect(body.error).toMatchObject({ name: 'InputError', code: 'INVALID_REQUEST' });
    expect(body.error.message).toMatch(message);
  });
});
