// Harness's events, shuffled, doubled, lost and forged, while runs begin and end: is the record what Harness has, and is
// every event taken once and no forged one?
//
//   node webhooks.mjs [events]      STORM_DATABASE=postgres://… for the database of the portal
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { folder, Replica, startSimulator, until } from './processes.mjs';
import { compare, countExecutions, forget, isWhole, LIST, listExecutions, openRecord } from './truth.mjs';

const EVENTS = Number(process.argv[2] ?? 100_000);
/** What Harness tells of an execution. */
const TYPES = ['PipelineStart', 'StageStart', 'StageSuccess', 'PipelineEnd', 'PipelineSuccess'];
const LOST = 0.1;
const DOUBLED = 0.1;
const FORGED = 0.02;
const AT_ONCE = 16;
/** Older ones are not taken. */
const LATELY_MS = 34 * 24 * 60 * 60_000;
const RUN_EVERY_MS = 2_000;
const SECRET = randomUUID();

const connection = process.env.STORM_DATABASE;
if (!connection) throw new Error('STORM_DATABASE is not set: an address such as postgres://user:password@localhost/');

const apiKey = `pat.demo-account.storm.${randomUUID()}`;
// A third of the made-up history is of the last 35 days.
const executions = Math.ceil((EVENTS / TYPES.length) * 3);
const simulator = await startSimulator(apiKey, { more: ['--history', String(executions)] });
const config = join(folder, 'webhook.yaml');
writeFileSync(config, JSON.stringify({ harnessCd: { webhook: { secret: SECRET } } }));
const database = { config: join(import.meta.dirname, 'replica.yaml'), connection };
const portal = new Replica({ port: 7137, simulatorUrl: simulator.url, apiKey, database, more: [config] });
await portal.start();
const client = await openRecord(connection);
await forget(client);

await simulator.control('POST', 'modes', { limits: 'off' });
const lately = (await listExecutions(simulator, apiKey)).filter(({ startTs }) => startTs > Date.now() - LATELY_MS);
await simulator.control('POST', 'modes', { limits: 'enforced' });
const events = lately.flatMap(row => TYPES.map(type => eventOf(row, type))).slice(0, EVENTS);
const deliveries = shuffled(
  events.flatMap(text => {
    const times = Math.random() < LOST ? 0 : Math.random() < DOUBLED ? 2 : 1;
    const forged = Math.random() < FORGED ? [{ text: text.replace('Pipeline', 'Forged'), secret: randomUUID() }] : [];
    return [...Array.from({ length: times }, () => ({ text, secret: SECRET })), ...forged];
  }),
);
const wanted = {
  202: new Set(deliveries.filter(({ secret }) => secret === SECRET).map(({ text }) => text)).size,
  401: deliveries.filter(({ secret }) => secret !== SECRET).length,
};
wanted[409] = deliveries.length - wanted[202] - wanted[401];

const answers = {};
const sentAll = new AbortController();
const running = runNowAndThen(sentAll.signal);
const begun = Date.now();
const queue = [...deliveries];
await Promise.all(Array.from({ length: AT_ONCE }, send));
const seconds = (Date.now() - begun) / 1_000;
sentAll.abort();
const runs = await running;
await until('the record being whole', 600, () => isWhole(client));
await simulator.control('POST', 'modes', { limits: 'off' });
const wrong = await compare(client, simulator, apiKey);
for (const status of new Set([...Object.keys(wanted), ...Object.keys(answers)])) {
  if (wanted[status] !== answers[status]) wrong.push(`${answers[status]} answers ${status}, not ${wanted[status]}`);
}
const requests = (await simulator.control('GET', 'requests')).filter(({ path }) => path.startsWith(LIST));
console.log(
  JSON.stringify({
    events: events.length,
    sent: deliveries.length,
    answers,
    seconds,
    runs,
    executions: await countExecutions(client),
    refusedByHarness: requests.filter(({ status }) => status === 429).length,
  }),
);
wrong.slice(0, 20).forEach(line => console.log(line));
console.log(`logs: ${folder}`);
portal.child.kill();
simulator.child.kill();
process.exit(wrong.length === 0 ? 0 : 1);

/** What Harness posts of an execution; what it has not resolved stands there as it is. */
function eventOf({ pipelineIdentifier, planExecutionId, startTs, endTs }, eventType) {
  const isStart = eventType.endsWith('Start');
  return JSON.stringify({
    eventData: {
      accountIdentifier: 'demo-account',
      orgIdentifier: 'default',
      projectIdentifier: 'platform',
      pipelineIdentifier,
      planExecutionId,
      eventType,
      nodeStatus: isStart ? 'started' : 'completed',
      moduleInfo: eventType === 'StageStart' ? { services: ['<+stage.spec.service.identifier>'] } : {},
      startTs: Math.floor(startTs / 1_000),
      ...(isStart || endTs === undefined ? {} : { endTs: Math.floor(endTs / 1_000) }),
    },
  });
}

function shuffled(list) {
  const drawn = list.map(value => ({ value, at: Math.random() }));
  return drawn.sort((one, other) => one.at - other.at).map(({ value }) => value);
}

async function send() {
  for (let delivery = queue.pop(); delivery; delivery = queue.pop()) {
    const response = await fetch(`${portal.url}/api/harness-cd/v1/webhook`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-harness-cd-secret': delivery.secret },
      body: delivery.text,
    });
    await response.arrayBuffer();
    answers[response.status] = (answers[response.status] ?? 0) + 1;
    if (queue.length > 0 && queue.length % 5_000 === 0) console.error(`${queue.length} events to be sent`);
  }
}

/** Somebody starts runs in Harness meanwhile, of which no event comes. */
async function runNowAndThen(signal) {
  let started = 0;
  while (!signal.aborted) {
    const values = { imageTag: 'v2.3.1', targetEnvironment: 'int-stable', targetRegion: 'euw1' };
    const variables = Object.entries(values).map(([name, value]) => ({ name, type: 'String', value }));
    const scope = 'accountIdentifier=demo-account&orgIdentifier=default&projectIdentifier=platform';
    const response = await fetch(`${simulator.url}/pipeline/api/pipeline/execute/payment_service_cd?${scope}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': apiKey },
      body: JSON.stringify({ pipeline: { identifier: 'payment_service_cd', variables } }),
    });
    await response.arrayBuffer();
    if (response.ok) started += 1;
    await wait(RUN_EVERY_MS);
  }
  return started;
}
