// Many starts through everything that can go wrong: does what the product says agree with what really ran?
//
//   node storm.mjs [starts]      STORM_DATABASE=postgres://… for the database that the replicas share
//
// After `kill -INT` of its process it starts nothing more, and compares what it has.
// Each start deploys a tag of its own, by which the runs that Harness really has are told apart.
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { folder, Replica, startSimulator } from './processes.mjs';
import { Proxy } from './proxy.mjs';
import { faults, lateness } from './weather.mjs';

const STARTS = Number(process.argv[2] ?? 200);
const AT_ONCE = 12;
const KILL_EVERY_MS = 60_000;
/** What is unknown is looked for again for some minutes. */
const SETTLED_WITHIN_MS = 4 * 60_000;
const SERVICES = ['payment-service', 'order-service', 'notification-worker', 'settlement-job', 'report-job'];

const connection = process.env.STORM_DATABASE;
if (!connection) throw new Error('STORM_DATABASE is not set: an address such as postgres://user:password@localhost/');

const apiKey = `pat.demo-account.storm.${randomUUID()}`;
const simulator = await startSimulator(apiKey);
const database = { config: join(import.meta.dirname, 'replica.yaml'), connection };
const replicas = [7107, 7108].map(port => new Replica({ port, simulatorUrl: simulator.url, apiKey, database }));
for (const replica of replicas) await replica.start();
const proxy = new Proxy(replicas);
await seeEntities();
await simulator.control('POST', 'modes', { ...lateness, limits: 'off' });
for (const fault of faults) await simulator.control('POST', 'faults', fault);

const queue = Array.from({ length: STARTS }, (_, index) => ({
  service: SERVICES[index % SERVICES.length],
  tag: `v9.${index}.0`,
  key: randomUUID(),
  answers: [],
}));
let kills = 0;
const killing = killNowAndThen();
/** Those of the queue that were asked for. */
const starts = [];
process.once('SIGINT', () => (queue.length = 0));
await Promise.all(Array.from({ length: AT_ONCE }, work));
await simulator.control('DELETE', 'faults');
killing.abort();
await Promise.all(replicas.map(replica => (replica.isUp ? undefined : replica.start())));
await settle();
const verdict = compare(await simulator.control('GET', 'truth'));
console.log(
  JSON.stringify({
    starts: starts.length,
    posts: proxy.sent,
    kills,
    trapsBefore: traps('before'),
    trapsAfter: traps('after'),
    answersOfHarness: await statuses(),
    ...verdict.counts,
  }),
);
verdict.wrong.slice(0, 20).forEach(line => console.log(line));
console.log(`logs: ${folder}`);
replicas.forEach(replica => replica.child.kill());
simulator.child.kill();
process.exit(verdict.wrong.length === 0 ? 0 : 1);

function path({ service }, rest) {
  return `/api/harness-cd/v1/entities/component/default/${service}/${rest}`;
}

/** The catalog reads its files a while after the start. */
async function seeEntities() {
  for (const service of SERVICES) {
    let answer;
    do {
      await wait(500);
      answer = await proxy.send(path({ service }, 'deploy-target'), { method: 'GET' });
    } while (answer?.status !== 200);
  }
}

async function work() {
  for (let start = queue.shift(); start; start = queue.shift()) {
    starts.push(start);
    const { service, tag } = start;
    const request = { service, imageTag: tag, environment: 'int-stable', region: 'euw1' };
    const answer = await proxy.send(path(start, 'deployments'), {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': start.key },
      body: JSON.stringify(request),
    });
    start.answers.push(answer);
    // One that comes again later, as a person's second click or a proxy's late repetition.
    if (Math.random() < 0.1) {
      start.answers.push(
        await proxy.send(path(start, 'deployments'), {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'idempotency-key': start.key },
          body: JSON.stringify(request),
        }),
      );
    }
    if (starts.length % 50 === 0) console.log(`${starts.length} of ${STARTS} starts, ${proxy.sent} posts`);
  }
}

function traps(when) {
  return replicas.reduce((sum, replica) => sum + replica.traps(when), 0);
}

function killNowAndThen() {
  const end = new AbortController();
  (async () => {
    for (let round = 0; !end.signal.aborted; round += 1) {
      await wait(KILL_EVERY_MS, undefined, { signal: end.signal });
      const replica = replicas[round % replicas.length];
      await replica.kill();
      kills += 1;
      await replica.start();
      console.log(`killed and started ${replica.url}`);
    }
  })().catch(() => {});
  return end;
}

/** Asks what became of each start, until none is under way any more. */
async function settle() {
  const deadline = Date.now() + SETTLED_WITHIN_MS;
  let open = starts;
  while (open.length > 0 && Date.now() < deadline) {
    for (const start of open) {
      const answer = await proxy.send(path(start, `starts/${start.key}`), { method: 'GET' });
      // Never arrived: every one that was sent was lost on its way, or to a replica that was killed.
      start.outcome = answer?.status === 404 ? { kind: 'notStarted' } : answer?.body;
    }
    open = open.filter(({ outcome }) => !outcome || outcome.kind === 'starting' || outcome.kind === 'unknown');
    await wait(5_000);
  }
}

/** How Harness answered the last 10,000 requests that would start a run; a 200 may have been lost on its way. */
async function statuses() {
  const requests = await simulator.control('GET', 'requests');
  const counts = {};
  for (const { method, path: asked, status } of requests) {
    if (method === 'POST' && asked.includes('/pipeline/execute/')) counts[status] = (counts[status] ?? 0) + 1;
  }
  return counts;
}

function compare(truth) {
  const counts = {
    started: 0,
    notStarted: 0,
    unknown: 0,
    unknownThatRan: 0,
    doubled: 0,
    lostThatRan: 0,
    startedThatDidNot: 0,
    open: 0,
  };
  const wrong = [];
  const say = (kind, start, runs) => {
    counts[kind] += 1;
    wrong.push(`${kind}: ${start.service} ${start.tag} ${JSON.stringify(start.outcome)} runs ${JSON.stringify(runs)}`);
  };
  for (const start of starts) {
    const isOurs = run => JSON.stringify(run.request?.body ?? '').includes(start.tag);
    const runs = truth.runs.filter(isOurs).map(run => run.execution);
    const { kind, executionId } = start.outcome ?? {};
    if (kind in counts) counts[kind] += 1;
    else counts.open += 1;
    if (kind === 'unknown' && runs.length > 0) counts.unknownThatRan += 1;
    if (runs.length > 1) say('doubled', start, runs);
    if (kind === 'notStarted' && runs.length > 0) say('lostThatRan', start, runs);
    if (kind === 'started' && !runs.includes(executionId)) say('startedThatDidNot', start, runs);
    for (const answer of start.answers) {
      if (answer?.body?.kind === 'started' && !runs.includes(answer.body.executionId)) {
        say('startedThatDidNot', start, runs);
      }
    }
  }
  return { counts, wrong };
}
