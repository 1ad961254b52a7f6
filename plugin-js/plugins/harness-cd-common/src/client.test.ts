import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ResponseError } from '@backstage/errors';
import { HarnessCdClient, type DeployBody, type EntityName, type StartOptions } from './client';

interface Received {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  body: string;
}

const ENTITY: EntityName = { kind: 'Component', namespace: 'default', name: 'payment-service' };
const AT_ENTITY = '/api/harness-cd/v1/entities/Component/default/payment-service';
const AT_FLEET = '/api/harness-cd/v1/';
const REQUEST: DeployBody = {
  service: 'payment-service',
  imageTag: 'v2.3.1',
  environment: 'int-stable',
  region: 'euw1',
};

const START: StartOptions = { idempotencyKey: 'key-of-ana-1' };

/** Every method, with what it sends: of an entity, where the path begins with a slash. */
const CALLS: [name: keyof HarnessCdClient, call: (client: HarnessCdClient) => Promise<unknown>, sent: string][] = [
  ['getPipelines', c => c.getPipelines(ENTITY), 'GET /pipelines'],
  ['getDeployments', c => c.getDeployments(ENTITY, { page: 0, pageSize: 25 }), 'GET /deployments?page=0&pageSize=25'],
  ['getMatrix', c => c.getMatrix(ENTITY), 'GET /matrix'],
  [
    'getMetrics',
    c => c.getMetrics(ENTITY, { fromMs: 1, by: ['service', 'week'] }),
    'GET /metrics?fromMs=1&by=service&by=week',
  ],
  ['getTimeline', c => c.getTimeline(ENTITY, { tag: 'v1', limit: 5 }), 'GET /timeline?tag=v1&limit=5'],
  ['getRelease', c => c.getRelease(ENTITY, 'v1/2'), 'GET /releases/v1%2F2'],
  ['getProductionNews', c => c.getProductionNews(ENTITY, 5), 'GET /production-news?since=5'],
  ['getRunningAt', c => c.getRunningAt(ENTITY, 5), 'GET /running-at?instant=5'],
  ['getChannels', c => c.getChannels(ENTITY), 'GET /channels'],
  ['getFleetChannels', c => c.getFleetChannels(), 'GET fleet/channels'],
  [
    'getFleetDeployments',
    c => c.getFleetDeployments({ owner: 'group:default/a', status: ['running', 'waiting'], limit: 5 }),
    'GET fleet/deployments?owner=group%3Adefault%2Fa&status=running&status=waiting&limit=5',
  ],
  ['getFleetMatrix', c => c.getFleetMatrix({ system: 'shop' }), 'GET fleet/matrix?system=shop'],
  ['getFleetMetrics', c => c.getFleetMetrics({ by: ['team'] }), 'GET fleet/metrics?by=team'],
  ['getDeployTarget', c => c.getDeployTarget(ENTITY), 'GET /deploy-target'],
  ['getInputSets', c => c.getInputSets(ENTITY), 'GET /input-sets'],
  ['getSavedInputs', c => c.getSavedInputs(ENTITY, ['a', 'b']), 'GET /saved-inputs?inputSet=a&inputSet=b'],
  [
    'getChoices',
    c => c.getChoices(ENTITY, { input: '/a/b', within: 'org.int' }),
    'GET /choices?input=%2Fa%2Fb&within=org.int',
  ],
  ['getAsked', c => c.getAsked(ENTITY, { input: '/a', service: 'shop' }), 'GET /asked?input=%2Fa&service=shop'],
  ['getExecution', c => c.getExecution(ENTITY, 'execution1'), 'GET /executions/execution1'],
  [
    'getChildExecution',
    c => c.getChildExecution(ENTITY, { parent: 'execution1', child: 'execution2' }),
    'GET /executions/execution1/children/execution2',
  ],
  ['getInputQuestion', c => c.getInputQuestion(ENTITY, 'execution1', 'n/1'), 'GET /executions/execution1/inputs/n%2F1'],
  ['answerInput', c => c.answerInput(ENTITY, 'execution1', 'n1', {}), 'POST /executions/execution1/inputs/n1'],
  ['checkDeployment', c => c.checkDeployment(ENTITY, REQUEST), 'POST /deployment-checks'],
  ['deploy', c => c.deploy(ENTITY, REQUEST, START), 'POST /deployments'],
  ['getStart', c => c.getStart(ENTITY, START.idempotencyKey), 'GET /starts/key-of-ana-1'],
];

async function failureOf(call: Promise<unknown>): Promise<any> {
  return call.then(
    answer => {
      throw new Error(`no failure, but ${JSON.stringify(answer)}`);
    },
    thrown => thrown,
  );
}

describe('HarnessCdClient', () => {
  let server: Server;
  let baseUrl: string;
  let received: Received[];
  let respond: (response: ServerResponse) => void;

  beforeAll(async () => {
    server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const { method = '', url = '', headers } = request;
      received.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
      respond(response);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  beforeEach(() => {
    received = [];
    answer(200, {});
  });

  afterAll(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  function answer(status: number, body: unknown) {
    respond = response => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }

  function answerText(status: number, text: string) {
    respond = response => response.writeHead(status, { 'content-type': 'text/html' }).end(text);
  }

  function client(options: { fetch?: typeof fetch; base?: string } = {}) {
    return new HarnessCdClient({
      discoveryApi: { getBaseUrl: async pluginId => `${options.base ?? baseUrl}/api/${pluginId}` },
      fetchApi: { fetch: options.fetch ?? fetch },
    });
  }

  it('has no method that is not tested here', () => {
    const methods = Object.getOwnPropertyNames(HarnessCdClient.prototype).filter(name => name !== 'constructor');
    expect(CALLS.map(([name]) => name)).toEqual(methods);
  });

  describe.each(CALLS)('%s', (_, call, sent) => {
    it('sends one request, and hands on the answer as it came', async () => {
      answer(200, { anything: ['of', 'the', 'backend'] });
      await expect(call(client())).resolves.toEqual({ anything: ['of', 'the', 'backend'] });
      const [method, path] = sent.split(' ');
      const url = path.startsWith('/') ? AT_ENTITY + path : AT_FLEET + path;
      expect(received).toEqual([expect.objectContaining({ method, url })]);
    });

    it('leaves signing in to the fetch of Backstage', async () => {
      await call(client());
      expect(received[0].headers).not.toHaveProperty('authorization');

      const signedIn: typeof fetch = (input, init) => {
        const request = new Request(input, init);
        request.headers.set('Authorization', 'Bearer token-of-ana');
        return fetch(request);
      };
      await call(client({ fetch: signedIn }));
      expect(received[1]).toEqual({
        ...received[0],
        headers: { ...received[0].headers, authorization: 'Bearer token-of-ana' },
      });
    });

    it('tells what the backend said of a failure, and does not ask again', async () => {
      const error = {
        name: 'ServiceUnavailableError',
        message: 'Harness refuses the API key.',
        code: 'UNAUTHORIZED',
        hint: 'Renew harnessCd.apiKey.',
        correlationId: 'correlation-1',
      };
      answer(503, { error, request: { method: 'GET', url: '/' }, response: { statusCode: 503 } });
      const failure = await failureOf(call(client()));
      expect(ResponseError.is(failure)).toBe(true);
      expect(failure).toMatchObject({ statusCode: 503, body: { error }, cause: { message: error.message } });
      expect(received).toHaveLength(1);
    });

    it.each([400, 502])('tells a status %d without JSON', async status => {
      answerText(status, '<h1>Bad gateway</h1>');
      const failure = await failureOf(call(client()));
      expect(ResponseError.is(failure)).toBe(true);
      expect(failure).toMatchObject({ statusCode: status, message: expect.stringContaining(`${status}`) });
      expect(failure.body.error.message).toContain('Bad gateway');
    });

    it.each([
      ['a web page', (response: ServerResponse) => response.end('<!doctype html><title>Login</title>'), 'SyntaxError'],
      ['nothing', (response: ServerResponse) => response.end(), 'SyntaxError'],
      [
        'half an answer',
        (response: ServerResponse) => {
          response.writeHead(200, { 'content-length': '100' });
          response.write('{"deployments":', () => response.destroy());
        },
        'TypeError',
      ],
    ])('says that %s cannot be read, and where to look', async (_name, send, name) => {
      respond = send;
      const failure = await failureOf(call(client()));
      expect(failure).toMatchObject({ name, message: expect.stringMatching(/cannot be read; look for a proxy/) });
      expect(failure).not.toHaveProperty('statusCode');
    });

    it('says that nobody answered, and does not ask again', async () => {
      respond = response => response.destroy();
      const failure = await failureOf(call(client()));
      expect(failure).toMatchObject({
        name: 'TypeError',
        message: expect.stringMatching(/^The backend of Harness CD did not answer; caused by TypeError/),
        cause: expect.any(Error),
      });
      expect(received).toHaveLength(1);
    });
  });

  it('says that nobody answered where nobody listens', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const base = `http://127.0.0.1:${(closed.address() as AddressInfo).port}`;
    closed.close();
    await once(closed, 'close');
    await expect(client({ base }).getDeployTarget(ENTITY)).rejects.toThrow('The backend of Harness CD did not answer');
  });

  it('asks the discovery for its own plugin, and hands on its failure', async () => {
    const lost = new Error('no such plugin');
    const getBaseUrl = jest.fn().mockRejectedValue(lost);
    const unknown = new HarnessCdClient({ discoveryApi: { getBaseUrl }, fetchApi: { fetch } });
    await expect(unknown.getDeployTarget(ENTITY)).rejects.toBe(lost);
    expect(getBaseUrl.mock.calls).toEqual([['harness-cd']]);
  });

  it.each([
    [{ kind: 'API', namespace: 'Team_A', name: 'v1.2-beta' }, 'API/Team_A/v1.2-beta'],
    [{ kind: 'component', namespace: 'a/b', name: 'c?d#e&f' }, 'component/a%2Fb/c%3Fd%23e%26f'],
    [{ kind: 'component', namespace: 'Zürich', name: '100% %2F' }, 'component/Z%C3%BCrich/100%25%20%252F'],
  ])('writes %j into the path, encoded', async (entity, path) => {
    await client().getDeployTarget(entity);
    expect(received[0].url).toBe(`/api/harness-cd/v1/entities/${path}/deploy-target`);
  });

  it('writes the id of an execution into the path, encoded', async () => {
    await client().getExecution(ENTITY, 'a/b?c=d#e');
    expect(received[0].url).toBe(`${AT_ENTITY}/executions/a%2Fb%3Fc%3Dd%23e`);
  });

  it('asks for the part of the history that it is asked for', async () => {
    await client().getDeployments(ENTITY, {
      page: 3,
      pageSize: 100,
      environment: 'int stable&x=1',
      status: ['Failed', 'ApprovalRejected'],
    });
    const { pathname, searchParams } = new URL(received[0].url, baseUrl);
    expect(pathname).toBe(`${AT_ENTITY}/deployments`);
    expect([...searchParams]).toEqual([
      ['page', '3'],
      ['pageSize', '100'],
      ['environment', 'int stable&x=1'],
      ['status', 'Failed'],
      ['status', 'ApprovalRejected'],
    ]);
  });

  it('leaves out what the history is not narrowed to', async () => {
    await client().getDeployments(ENTITY, { page: 0, pageSize: 5, environment: '', status: [] });
    expect(received[0].url).toBe(`${AT_ENTITY}/deployments?page=0&pageSize=5`);
  });

  describe('deploy', () => {
    it('sends the request as JSON, under its key', async () => {
      answer(202, { kind: 'started', executionId: 'e1', status: 'Running', url: 'https://app.harness.io/e1' });
      const body = { ...REQUEST, rollbackPlan: 'ein Plan: "zurück"\n', inputs: { smokeTests: ['search'] } };
      await expect(client().deploy(ENTITY, body, START)).resolves.toMatchObject({ kind: 'started', executionId: 'e1' });
      expect(received[0].headers).toMatchObject({
        'content-type': 'application/json',
        'idempotency-key': 'key-of-ana-1',
      });
      expect(JSON.parse(received[0].body)).toEqual(body);
    });

    it('takes a request that breaks the rules for an answer', async () => {
      const rejected = {
        kind: 'rejected',
        violations: [{ code: 'REGION_UNKNOWN', path: '/region', params: {}, message: 'there is no region mars' }],
      };
      answer(400, rejected);
      await expect(client().deploy(ENTITY, REQUEST, START)).resolves.toEqual(rejected);
    });

    it.each([
      [400, { error: { name: 'InputError', message: 'wrong' }, response: { statusCode: 400 } }, /^wrong$/],
      [400, null, /status 400/],
      [403, { kind: 'rejected', violations: [] }, /status 403/],
    ])('takes status %d with any other answer, as %j, for a failure', async (status, body, message) => {
      answer(status, body);
      const failure = await failureOf(client().deploy(ENTITY, REQUEST, START));
      expect(ResponseError.is(failure)).toBe(true);
      expect(failure.statusCode).toBe(status);
      expect(failure.cause.message).toMatch(message);
    });
  });
});
