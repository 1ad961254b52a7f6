import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { type Deployment, isTerminal, type DeployRequest } from 'backstage-plugin-harness-cd-common';
import { Simulator } from 'harness-cd-test-utils';
import { component, path, startBackend } from './__testUtils__/startBackend';
import { waitFor } from './__testUtils__/waitFor';

jest.setTimeout(60_000);

const WATCHERS = 200;
const WATCHED_MS = 10_000;
const POLL_MS = 2_000;
/** What 200 watchers of one running service may cost, of the 400 that Harness allows an API key. */
const CALLS_A_MINUTE = 80;

describe('many who watch', () => {
  let simulator: Simulator;
  let baseUrl: string;

  beforeAll(async () => {
    simulator = await Simulator.start();
    await simulator.setClock({ speed: 1 });
  });

  afterAll(() => simulator?.stop());

  beforeEach(async () => {
    const annotations = { 'harness.io/pipeline-url': simulator.pipelineUrl('payment_service_cd') };
    const server = await startBackend({ simulator, entities: [component('payment-service', annotations)] });
    baseUrl = `http://localhost:${(server.address() as AddressInfo).port}`;
    // What ran before is read once, for whoever looks first, and then what runs that deployed nothing were asked to do.
    const isUntold = ({ wholeRun, version }: Deployment) => wholeRun && !version;
    await waitFor(async () => !(await ask('deployments?pageSize=100')).deployments.some(isUntold));
  });

  // Nobody follows a run any more that has ended.
  afterEach(async () => {
    await simulator.setClock({ advanceMs: 3_600_000 });
    await wait(3_000);
  });

  async function ask(rest: string, init?: RequestInit): Promise<any> {
    const response = await fetch(baseUrl + path('payment-service', rest), init);
    const body = await response.json();
    if (!response.ok || body.failure) throw new Error(`${rest}: ${response.status} ${JSON.stringify(body)}`);
    return body;
  }

  async function startRun(): Promise<string> {
    const request: DeployRequest = {
      service: 'payment-service',
      imageTag: 'v2.3.1',
      environment: 'int-stable',
      region: 'euw1',
    };
    const headers = { 'Idempotency-Key': randomUUID() };
    return (await ask('deployments', { method: 'POST', headers, body: JSON.stringify(request) })).executionId;
  }

  it('cost as much as a few', async () => {
    const executionId = await startRun();
    const before = await simulator.calls();
    const end = performance.now() + WATCHED_MS;
    let answers = 0;
    async function watch(delayMs: number) {
      await wait(delayMs);
      while (performance.now() < end) {
        const [, progress] = await Promise.all([ask('deployments'), ask(`executions/${executionId}`)]);
        expect(isTerminal(progress.phase)).toBe(false);
        answers += 2;
        await wait(POLL_MS);
      }
    }
    await Promise.all(Array.from({ length: WATCHERS }, (_, n) => watch((n * POLL_MS) / WATCHERS)));

    const calls = (await simulator.calls()) - before;
    // Each of the two questions has its first answer, and from then on the rate counts.
    expect(calls).toBeLessThanOrEqual(2 + (CALLS_A_MINUTE * WATCHED_MS) / 60_000);
    expect(answers).toBeGreaterThan(WATCHERS * 2);
    expect((await ask('deployments')).deployments).toContainEqual(expect.objectContaining({ executionId }));
  });

  it.each([
    ['the same page of the history', 'deployments', 2_000],
    ['what a deployment is checked against', 'deploy-target', 30_000],
    ['the same execution', 'executions/', 2_000],
  ])('and ask for %s at once ask Harness once', async (_, rest, freshMs) => {
    const question = rest.endsWith('/') ? rest + (await startRun()) : rest;
    // Whose the pipeline is, is asked with the first look, and known for minutes.
    if (rest !== 'deploy-target') await ask('executions/of-nobody').catch(() => {});
    const [before, begin] = [await simulator.calls(), performance.now()];
    const answers = await Promise.all(Array.from({ length: 500 }, () => ask(question)));
    const calls = (await simulator.calls()) - before;
    // A machine that is slow to answer 500 has to ask again when the first answer has aged.
    expect(calls).toBeLessThanOrEqual(1 + Math.floor((performance.now() - begin) / freshMs));
    // What was known before is an answer as well.
    expect(new Set(answers.map(answer => JSON.stringify(answer))).size).toBeLessThanOrEqual(calls + 1);
  });
});
