import { ResponseError } from '@backstage/errors';
import type { EntityName, HarnessCdApi } from './client';
import { deployToEnd } from './deployToEnd';
import type { DeployResponse } from './generated/types';

const entity: EntityName = { kind: 'component', namespace: 'default', name: 'payment-service' };
const request = { inputs: { version: 'v4.1.0' } };
const started: DeployResponse = { kind: 'started', executionId: 'e1', status: 'Running', url: 'https://h/e1' };
const starting: DeployResponse = { kind: 'starting', step: 'searching', since: 1 };
const unknown: DeployResponse = {
  kind: 'unknown',
  failure: { code: 'OUTCOME_UNKNOWN', message: 'lost', hint: 'Look.', since: 1 },
  url: 'https://h/executions',
};

/** An answer of the backend, or of something in between. */
async function refusal(status: number, error?: object): Promise<ResponseError> {
  const body = error ? JSON.stringify({ error, response: { statusCode: status } }) : '<h1>proxy</h1>';
  const headers = { 'content-type': error ? 'application/json' : 'text/html' };
  return ResponseError.fromResponse(new Response(body, { status, headers }));
}

const nobodyAnswered = new TypeError('fetch failed');
const notThere = () => refusal(404, { name: 'NotFoundError', message: 'no such start' });

/** What is answered to each request, in turn. */
async function run(answers: [method: 'deploy' | 'getStart', answer: DeployResponse | Error][], patienceMs = 60_000) {
  const asked: string[] = [];
  const next = async (method: string) => {
    asked.push(method);
    const answer = answers[asked.length - 1]?.[1] ?? starting;
    if (!('kind' in answer)) throw answer;
    return answer;
  };
  const deploy = jest.fn<Promise<DeployResponse>, unknown[]>(() => next('deploy'));
  const api: Pick<HarnessCdApi, 'deploy' | 'getStart'> = { deploy, getStart: () => next('getStart') };
  const options = { idempotencyKey: 'key-of-ana-1', pollIntervalMs: 1, patienceMs };
  const outcome = await deployToEnd(api, { entity, request }, options).catch(error => error);
  for (const call of deploy.mock.calls) expect(call).toEqual([entity, request, { idempotencyKey: 'key-of-ana-1' }]);
  if (answers.length > 0) expect(asked).toEqual(answers.map(([method]) => method));
  return outcome;
}

it.each([started, unknown])('hands on the outcome %j', async outcome => {
  expect(await run([['deploy', outcome]])).toBe(outcome);
});

it('waits for the outcome of what is under way', async () => {
  expect(
    await run([
      ['deploy', starting],
      ['getStart', starting],
      ['getStart', started],
    ]),
  ).toBe(started);
});

it.each([
  ['that nothing was started', async () => refusal(503, { name: 'X', message: 'no', code: 'UNAVAILABLE' })],
  ['that the caller may not', async () => refusal(403, { name: 'NotAllowedError', message: 'no' })],
  ['that the key is used', async () => refusal(409, { name: 'ConflictError', message: 'no' })],
])('throws the answer %s', async (_, answer) => {
  const error = await answer();
  expect(await run([['deploy', error]])).toBe(error);
});

it.each([
  ['nobody answered', async () => nobodyAnswered],
  ['a proxy answered 502', async () => refusal(502)],
  ['the backend failed', async () => refusal(500, { name: 'Error', message: 'no database' })],
])('asks what became of it where %s', async (_, lost) => {
  expect(
    await run([
      ['deploy', await lost()],
      ['getStart', await lost()],
      ['getStart', started],
    ]),
  ).toBe(started);
});

it('sends it again, under the same key, where the backend has not got it', async () => {
  expect(
    await run([
      ['deploy', nobodyAnswered],
      ['getStart', await notThere()],
      ['deploy', started],
    ]),
  ).toBe(started);
});

it('does not say that nothing was started where that is not known', async () => {
  const error = await run([], 20);
  expect(error).toMatchObject({ message: expect.stringMatching(/^Whether the deployment was started is not known/) });
});

it('stops waiting when it is told to', async () => {
  const controller = new AbortController();
  const api = { deploy: async () => starting, getStart: async () => starting };
  const options = { idempotencyKey: 'key-of-ana-1', pollIntervalMs: 60_000, signal: controller.signal };
  const end = deployToEnd(api, { entity, request }, options);
  controller.abort(new Error('the task was cancelled'));
  await expect(end).rejects.toThrow('the task was cancelled');
});
