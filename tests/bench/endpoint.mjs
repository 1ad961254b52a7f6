// The history and the matrix of real backends, with stores of 10,000 to 1,000,000 deployments, beside a page that asks
// Harness at each view.
//
//   node endpoint.mjs [deployments …]     BENCH_DATABASE=postgres://… for PostgreSQL beside SQLite
//
// The backends are all there at once and are asked in turns, so that the machine's moods fall on each store alike. What a
// request costs the backend's processor says what grows even where the machine cannot answer as often as it is asked.
import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import autocannon from 'autocannon';
import { folder, Replica, startSimulator, until } from '../storm/processes.mjs';
import { median, ratio } from './measure.mjs';
import { fill, MOST_SERVICES, nameOf, openStore, servicesOf } from './store.mjs';

const SIZES = process.argv.slice(2).map(Number);
const RATE = 100;
const SECONDS = 5;
const WARM_SECONDS = 5;
const ROUNDS = 7;
const PORT = 7217;
/** Of the clock by which Linux counts the time of a process. */
const TICK_MS = 10;
/** As far as Harness is away. */
const LATENCY_MS = 200;
const MATRIX_WITHIN_MS = 300;
const GROWTH = 1.5;
const REPEATED = 9;

const sizes = SIZES.length > 0 ? SIZES : [10_000, 100_000, 1_000_000];
const apiKey = `pat.demo-account.bench.${randomUUID()}`;
const entities = join(folder, 'entities');
mkdirSync(entities, { recursive: true });
const names = Array.from({ length: MOST_SERVICES }, (_, service) => nameOf(service));
for (const name of names) writeFileSync(join(entities, `${name}.yaml`), pipelineOf(name));
const simulator = await startSimulator(apiKey, { more: ['--history', '2000'] });
writeFileSync(join(folder, 'catalog.yaml'), names.map(name => entityOf(name, simulator.url)).join('---\n'));

let isGood = true;
await measure('sqlite');
if (process.env.BENCH_DATABASE) await measure('pg');
else console.log('PostgreSQL: not measured; BENCH_DATABASE is not set');
await measureAsking();
simulator.child.kill();
process.exit(isGood ? 0 : 1);

/** Fills the store of a backend for each size, and asks them in turns. */
async function measure(client) {
  const backends = [];
  for (const [place, size] of sizes.entries()) backends.push(await begin(client, size, PORT + place));
  for (const backend of backends) await load(backend.replica.url, backend.requests, WARM_SECONDS);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const backend of backends) backend.rounds.push(await askFor(backend));
  }
  const [least] = backends;
  for (const { size, rounds } of backends) {
    const growth = of => ratio(rounds.map(of), least.rounds.map(of), 2);
    const p95 = of => percentile(of.times, 95);
    const cost = median(rounds.map(({ costMs }) => costMs));
    report(
      `${client} ${size} deployments: history`,
      joined(rounds),
      `p95 ${growth(p95)}; ${cost.toFixed(2)} ms of the processor, ${growth(({ costMs }) => costMs)}`,
    );
    const grown = rounds.map((round, place) => p95(round) / p95(least.rounds[place]));
    if (median(grown) >= GROWTH) isGood = false;
  }
  for (const backend of backends) {
    if (servicesOf(backend.size) === MOST_SERVICES) await measureFleet(client, backend);
  }
  for (const { replica } of backends) await replica.kill();
}

/** A backend whose store is of a size, and of which every matrix has been told once. */
async function begin(client, size, port) {
  const name = `${client}-${size}`;
  const config = join(folder, `${name}.yaml`);
  writeFileSync(config, configOf(client, size, port));
  const connection = process.env.BENCH_DATABASE ?? '';
  const replica = new Replica({ port, simulatorUrl: simulator.url, apiKey, database: { config, connection } });
  await replica.start();
  const headers = { authorization: `Bearer ${replica.token}` };
  await until('the catalog of the services', 600, () => hasAll(replica.url, headers));
  const store = await openStore({ client, connection: databaseOf(client, size) });
  await fill(store, size);
  await store.close();
  const services = servicesOf(size);
  const begun = performance.now();
  // A backend that is busy with so many refuses some of its own calls.
  const { body } = await until('what runs where', 600, () =>
    read(replica.url, 'matrix', headers).catch(() => undefined),
  );
  if (body.services.length !== services) throw new Error(`${body.services.length} services: ${body.failures}`);
  const took = Math.round(performance.now() - begun);
  console.log(`${name}: what runs where of ${services} services told for the first time in ${took} ms`);
  const requests = Array.from({ length: Math.min(services, servicesOf(sizes[0])) }, (_, service) => ({
    method: 'GET',
    path: `/api/harness-cd/v1/entities/component/default/${nameOf(service)}/deployments?page=0&pageSize=25`,
    headers,
  }));
  return { size, replica, headers, requests, rounds: [] };
}

/** Asks a backend for a while: with what a request took of its processor. */
async function askFor({ replica, requests }) {
  const before = processorMs(replica.child.pid);
  const answers = await load(replica.url, requests, SECONDS);
  return { ...answers, costMs: (processorMs(replica.child.pid) - before) / answers.times.length };
}

/** The time that a process has had on a processor, where the system tells it. */
function processorMs(pid) {
  if (process.platform !== 'linux') return NaN;
  const [user, system] = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
    .slice(11, 13);
  return (Number(user) + Number(system)) * TICK_MS;
}

async function read(url, path, headers) {
  const begun = performance.now();
  const response = await fetch(`${url}/api/harness-cd/v1/fleet/${path}`, { headers });
  const body = await response.json();
  if (!response.ok) throw new Error(`${path}: ${JSON.stringify(body)}`);
  return { body, took: performance.now() - begun };
}

/** What is told of all services together: the matrix, and lists. */
async function measureFleet(client, { size, replica, headers }) {
  const midnight = new Date().setHours(0, 0, 0, 0);
  const paths = {
    [`matrix of ${MOST_SERVICES} services`]: 'matrix',
    'list of all': 'deployments',
    'what runs and waits': 'deployments?status=running&status=waiting',
    'failed today': `deployments?status=failed&fromMs=${midnight}`,
    'prod by text': 'deployments?environment=prod&text=svc-0007',
  };
  for (const [what, path] of Object.entries(paths)) {
    const times = [];
    for (let time = 0; time < REPEATED; time += 1) times.push((await read(replica.url, path, headers)).took);
    const middle = median(times);
    console.log(`${client} ${size} deployments: ${what} ${middle.toFixed(0)} ms (median of ${REPEATED})`);
    if (path === 'matrix' && middle >= MATRIX_WITHIN_MS) isGood = false;
  }
}

/** What a view costs that asks Harness itself, as Harness's own plugin does: 50 rows of a pipeline. */
async function measureAsking() {
  const list = '/pipeline/api/pipelines/execution/summary';
  await simulator.control('POST', 'faults', { kind: 'slow', path: list, delayMs: LATENCY_MS, times: 0 });
  const query = 'accountIdentifier=demo-account&orgIdentifier=default&projectIdentifier=platform&page=0&size=50';
  const request = {
    method: 'POST',
    path: `${list}?${query}&pipelineIdentifier=svc_0000_cd`,
    headers: { 'x-api-key': apiKey, 'content-type': 'application/json' },
    body: JSON.stringify({ filterType: 'PipelineExecution' }),
  };
  const rounds = [];
  for (let round = 0; round < ROUNDS; round += 1) rounds.push(await load(simulator.url, [request], SECONDS));
  report(`asking Harness at each view, ${LATENCY_MS} ms away`, joined(rounds), '');
}

/** What was answered in several rounds. */
function joined(rounds) {
  const sum = of => rounds.reduce((total, round) => total + of(round), 0);
  return {
    times: rounds.flatMap(({ times }) => times),
    refused: sum(({ refused }) => refused),
    errors: sum(({ errors }) => errors),
  };
}

/** Asks so often a second, whatever the answers take. */
function load(url, requests, duration) {
  const times = [];
  let refused = 0;
  return new Promise((resolve, reject) => {
    const options = { url, requests, duration, connections: 50, overallRate: RATE, timeout: 30 };
    const running = autocannon(options, (error, result) => {
      if (error) return reject(error);
      return resolve({ times, refused, errors: result.errors });
    });
    running.on('response', (_client, status, _bytes, time) => {
      if (status === 200) times.push(time);
      else refused += 1;
    });
  });
}

function percentile(values, percent) {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)] ?? NaN;
}

function report(what, { times, refused, errors }, more) {
  const [a, b, c] = [50, 95, 99].map(percent => percentile(times, percent).toFixed(1));
  const often = (times.length / (ROUNDS * SECONDS)).toFixed(0);
  const bad = refused + errors > 0 ? `, ${refused} refused, ${errors} without an answer` : '';
  console.log(`${what}: p50 ${a} ms, p95 ${b} ms, p99 ${c} ms, ${often} a second${bad}; ${more}`);
}

async function hasAll(url, headers) {
  const response = await fetch(`${url}/api/catalog/entity-facets?facet=kind&filter=spec.type=bench`, { headers });
  const { facets } = await response.json();
  return facets?.kind?.[0]?.count === MOST_SERVICES;
}

function databaseOf(client, size) {
  if (client === 'sqlite') return join(folder, `data-${size}`, 'harness-cd.sqlite');
  const url = new URL(process.env.BENCH_DATABASE);
  url.pathname = `/${prefixOf(size)}harness-cd`;
  return url.href;
}

function prefixOf(size) {
  return `bench_${size}_`;
}

function configOf(client, size, port) {
  const baseUrl = `http://localhost:${port}`;
  const database =
    client === 'pg'
      ? { client: 'pg', prefix: prefixOf(size), connection: process.env.BENCH_DATABASE }
      : { client: 'better-sqlite3', connection: { directory: join(folder, `data-${size}`) } };
  return JSON.stringify({
    app: { baseUrl },
    backend: { baseUrl, listen: { port }, database },
    catalog: {
      processingInterval: { hours: 1 },
      locations: [{ type: 'file', target: join(folder, 'catalog.yaml') }],
    },
  });
}

function entityOf(name, url) {
  const page = `${url}/ng/account/demo-account/cd/orgs/default/projects/platform/pipelines/${name.replace('-', '_')}_cd`;
  return `apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: ${name}
  annotations:
    harness.io/pipeline-url: ${page}/pipeline-studio/
spec: { type: bench, lifecycle: production, owner: 'group:default/team-${Number(name.slice(4)) % 50}' }
`;
}

function pipelineOf(name) {
  return `pipeline:
  name: ${name}-cd
  identifier: ${name.replace('-', '_')}_cd
  orgIdentifier: default
  projectIdentifier: platform
  tags: { service: ${name} }
  stages:
    - stage:
        name: Approve
        identifier: approve
        type: Custom
        spec:
          execution:
            steps:
              - step: { type: ShellScript, name: Say, identifier: say, timeout: 1m, spec: { shell: Bash, source: { type: Inline, spec: { script: echo } } } }
`;
}
