import type { Server } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { mockServices } from '@backstage/backend-test-utils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import type { DeploymentMatrix, DeploymentsResponse, MatrixResponse } from 'backstage-plugin-harness-cd-common';
import { Simulator } from 'harness-cd-test-utils';
import request from 'supertest';
import { component, path, startBackend } from './__testUtils__/startBackend';

jest.setTimeout(60_000);

/** After so long the history is asked for again. */
const FRESH_MS = 5_100;
const DAY_MS = 24 * 60 * 60_000;

describe('reports', () => {
  let simulator: Simulator;

  beforeAll(async () => {
    simulator = await Simulator.start();
  });

  afterAll(() => simulator?.stop());
  beforeEach(() => simulator.clearFaults());

  async function start(decision: AuthorizeResult.ALLOW | AuthorizeResult.DENY = AuthorizeResult.ALLOW) {
    const entities = [
      component('payment-service', {
        'harness.io/pipeline-url': simulator.pipelineUrl('payment_service_cd'),
        'backstage.io/source-location': 'url:https://github.com/acme/payment/tree/main/',
      }),
      component('unknown-pipeline', { 'harness.io/pipeline-url': simulator.pipelineUrl('unknown_cd') }),
    ];
    const features = [mockServices.permissions.factory({ result: decision })];
    return startBackend({ simulator, entities, features });
  }

  async function get(server: Server, rest: string): Promise<any> {
    return (await request(server).get(path('payment-service', rest)).expect(200)).body;
  }

  /** What ran last and well at each place, by the rows that the history shows. */
  async function newestSuccesses(server: Server): Promise<Map<string, string | undefined>> {
    const { deployments }: DeploymentsResponse = await get(server, 'deployments?pageSize=100');
    const well = deployments.filter(row => row.phase === 'succeeded' && row.environment && !row.isRollback);
    const oldestFirst = well.sort((one, other) => (one.endedAt ?? 0) - (other.endedAt ?? 0));
    return new Map(oldestFirst.map(row => [`${row.environment}/${row.region}`, row.version] as const));
  }

  function versionsOf({ services }: DeploymentMatrix): Map<string, string | undefined> {
    const cells = services.flatMap(({ environments }) =>
      environments.flatMap(({ environment, regions }) =>
        regions.map(({ region, running }) => [`${environment}/${region}`, running?.version] as const),
      ),
    );
    return new Map(cells.filter(([, version]) => version !== undefined));
  }

  it('tell what runs where', async () => {
    const server = await start();
    const body: MatrixResponse = await get(server, 'matrix');
    expect(body).not.toHaveProperty('failure');
    expect(body.matrix.services.map(({ service }) => service)).toEqual(['payment_service']);
    const found = versionsOf(body.matrix);
    expect(found.size).toBeGreaterThan(1);
    for (const [place, version] of await newestSuccesses(server)) {
      // What was taken back since ran before.
      expect(`${place} ${found.get(place)}`).toBe(`${place} ${version}`);
    }
  });

  it('tell how well delivery goes, of the period and by what is asked for', async () => {
    const server = await start();
    const now = Date.now();
    const { metrics } = await get(server, `metrics?by=environment&by=week&toMs=${now}`);
    expect(metrics).toMatchObject({ toMs: now, fromMs: now - 90 * DAY_MS });
    expect(metrics.groups.length).toBeGreaterThan(2);
    const { metrics: whole } = await get(server, `metrics?by=environment&toMs=${now}`);
    const sum = (groups: { deployments: number }[]) =>
      groups.reduce((total, { deployments }) => total + deployments, 0);
    expect(sum(metrics.groups)).toBe(sum(whole.groups));
    const { metrics: none } = await get(server, `metrics?fromMs=0&toMs=1`);
    expect(none.groups).toEqual([]);
  });

  it('tell what happened, part by part', async () => {
    const server = await start();
    const { timeline: whole } = await get(server, 'timeline?limit=100');
    const first = (await get(server, 'timeline?limit=3')).timeline;
    const second = (await get(server, `timeline?limit=3&after=${encodeURIComponent(first.next)}`)).timeline;
    const ids = (stories: { id: string }[]) => stories.map(({ id }) => id);
    expect([...ids(first.stories), ...ids(second.stories)]).toEqual(ids(whole.stories).slice(0, 6));
    const { timeline: failed } = await get(server, 'timeline?status=failed&environment=prod&limit=100');
    expect(failed.stories.length).toBeLessThan(whole.stories.length);
    for (const story of failed.stories) expect(story.environment).toBe('prod');
  });

  it('tell where a version has been, what is new in production and what ran then', async () => {
    const server = await start();
    const { matrix }: MatrixResponse = await get(server, 'matrix');
    const [[place, version]] = versionsOf(matrix);
    const { stops } = await get(server, `releases/${encodeURIComponent(version ?? '')}`);
    const there = stops.filter((stop: any) => stop.isRunning && `${stop.environment}/${stop.region}` === place);
    expect(there).toHaveLength(1);
    expect((await get(server, 'releases/v0.0.0-unheard-of')).stops).toEqual([]);

    expect((await get(server, 'releases/main-3f2a9c1')).source).toEqual({
      commit: '3f2a9c1',
      url: 'https://github.com/acme/payment/commit/3f2a9c1',
    });

    const { places } = await get(server, `running-at?instant=${Date.now() + DAY_MS}`);
    const now = places.map((one: any) => [`${one.environment}/${one.region}`, one.deployment.version]);
    expect(new Map(now)).toEqual(versionsOf(matrix));
    expect((await get(server, 'running-at?instant=0')).places).toEqual([]);

    expect((await get(server, 'production-news?since=0')).news.length).toBeGreaterThan(0);
    expect((await get(server, `production-news?since=${Date.now() + DAY_MS}`)).news).toEqual([]);
  });

  it.each([
    ['metrics?by=wek', /by takes .* not “wek”; did you mean week\?/],
    ['metrics?fromMs=yesterday', /fromMs takes an instant/],
    ['timeline?status=faild', /did you mean failed\?/],
    ['timeline?limit=0', /limit takes a whole number from 1 to 500/],
    ['timeline?fromMs=2&toMs=1', /toMs: the period ends before it begins/],
    ['timeline?environment=%20&after=nowhere', /environment: it is empty.*after: `nowhere` is no place/],
    ['production-news', /since is missing/],
    ['running-at?instant=-1', /instant takes an instant/],
  ])('refuse %s, and name the field', async (rest, message) => {
    const server = await start();
    const { body } = await request(server).get(path('payment-service', rest)).expect(400);
    expect(body.error).toMatchObject({ name: 'InputError', code: 'INVALID_REQUEST' });
    expect(body.error.message).toMatch(message);
  });

  it.each(['matrix', 'metrics', 'timeline', 'releases/v1', 'production-news?since=0', 'running-at?instant=0'])(
    '%s is for those who may see the deployments',
    async rest => {
      const server = await start(AuthorizeResult.DENY);
      await request(server).get(path('payment-service', rest)).expect(403);
    },
  );

  it('go on while Harness is down, and say of when they are', async () => {
    const server = await start();
    const { matrix } = await get(server, 'matrix');
    await simulator.addFault({ kind: 'unauthorized', times: 0 });
    await wait(FRESH_MS);
    const { matrix: kept, asOf, failure } = await get(server, 'matrix');
    expect(versionsOf(kept)).toEqual(versionsOf(matrix));
    expect(failure ?? asOf).toBeDefined();
  });

  it('are refused for a pipeline that is not there', async () => {
    const server = await start();
    await request(server).get(path('unknown-pipeline', 'matrix')).expect(404);
  });
});
