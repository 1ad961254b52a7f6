// The history and the matrix of a real backend, from a store of 10,000 to 1,000,000 deployments, beside a page that asks
// Harness at each view.
//
//   node endpoint.mjs [deployments …]     BENCH_DATABASE=postgres://… for PostgreSQL beside SQLite
import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import autocannon from 'autocannon';
import { folder, Replica, startSimulator, until } from '../storm/processes.mjs';
import { fill, MOST_SERVICES, nameOf, openStore, servicesOf } from './store.mjs';

const SIZES = process.argv.slice(2).map(Number);
const RATE = 100;
const SECONDS = 20;
const WARM_SECONDS = 5;
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

/** Fills the store of a backend with ever more, and asks. */
async function measure(client) {
  const config = join(folder, `${client}.yaml`);
  writeFileSync(config, configOf(client));
  const connection = process.env.BENCH_DATABASE ?? '';
  const backend = new Replica({ port: 7217, simulatorUrl: simulator.url, apiKey, database: { config, connection } });
  await backend.start();
  const headers = { authorization: `Bearer ${backend.token}` };
  await until('the catalog of the services', 600, () => hasAll(backend.url, headers));
  const store = await openStore({ client, connection: databaseOf(client) });
  let least;
  for (const size of sizes) {
    await fill(store, size);
    const paths = Array.from(
      { length: Math.min(servicesOf(size), servicesOf(sizes[0])) },
      (_, service) => `/api/harness-cd/v1/entities/component/default/${nameOf(service)}/deployments?page=0&pageSize=25`,
    );
    const history = await ask(
      backend.url,
      paths.map(path => ({ method: 'GET', path, headers })),
    );
    least ??= history.p95;
    report(`${client} ${size} deployments: history`, history, `${(history.p95 / least).toFixed(2)}x`);
    if (history.p95 >= GROWTH * least) isGood = false;
    if (servicesOf(size) === MOST_SERVICES) await measureFleet(client, size, backend.url, headers);
  }
  await store.close();
  await backend.kill();
}

/** What is told of all services together: the matrix when each pipeline has been told once, and lists. */
async function measureFleet(client, size, url, headers) {
  const read = async path => {
    const begun = performance.now();
    const response = await fetch(`${url}/api/harness-cd/v1/fleet/${path}`, { headers });
    const body = await response.json();
    if (!response.ok) throw new Error(`${path}: ${JSON.stringify(body)}`);
    return { body, took: performance.now() - begun };
  };
  const { body, took: first } = await read('matrix');
  if (body.services.length !== MOST_SERVICES) throw new Error(`${body.services.length} services: ${body.failures}`);
  const midnight = new Date().setHours(0, 0, 0, 0);
  const paths = {
    [`matrix of ${MOST_SERVICES} services`]: 'matrix',
    'list of all': 'deployments',
    'what runs and waits': 'deployments?status=running&status=waiting',
    'failed today': `deployments?status=failed&fromMs=${midnight}`,
    'prod by text': 'deployments?environment=prod&text=svc-0007',
  };
  console.log(`${client} ${size} deployments: matrix told for the first time in ${first.toFixed(0)} ms`);
  for (const [what, path] of Object.entries(paths)) {
    const times = [];
    for (let time = 0; time < REPEATED; time += 1) times.push((await read(path)).took);
    const median = percentile(times, 50);
    console.log(`${client} ${size} deployments: ${what} ${median.toFixed(0)} ms (median of ${REPEATED})`);
    if (path === 'matrix' && median >= MATRIX_WITHIN_MS) isGood = false;
  }
}

/** What a view costs that asks Harness itself, as Harness's own plugin does: 50 rows of a pipeline. */
async function measureAsking() {
  const list = '/pipeline/api/pipelines/execution/summary';
  await simulator.control('POST', 'faults', { kind: 'slow', path: list, delayMs: LATENCY_MS, times: 0 });
  const query = 'accountIdentifier=demo-account&orgIdentifier=default&projectIdentifier=platform&page=0&size=50';
  const asked = await ask(simulator.url, [
    {
      method: 'POST',
      path: `${list}?${query}&pipelineIdentifier=payment_service_cd`,
      headers: { 'x-api-key': apiKey, 'content-type': 'application/json' },
      body: JSON.stringify({ filterType: 'PipelineExecution' }),
    },
  ]);
  report(`asking Harness at each view, ${LATENCY_MS} ms away`, asked, '');
}

/** Asks so often a second, whatever the answers take. */
async function ask(url, requests) {
  await load(url, requests, WARM_SECONDS);
  return load(url, requests, SECONDS);
}

function load(url, requests, duration) {
  const times = [];
  let refused = 0;
  return new Promise((resolve, reject) => {
    const options = { url, requests, duration, connections: 50, overallRate: RATE, timeout: 30 };
    const running = autocannon(options, (error, result) => {
      if (error) return reject(error);
      const { errors } = result;
      const of = percent => percentile(times, percent);
      return resolve({ n: times.length, refused, errors, p50: of(50), p95: of(95), p99: of(99) });
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

function report(what, { n, refused, errors, p50, p95, p99 }, growth) {
  const [a, b, c] = [p50, p95, p99].map(time => time.toFixed(1));
  const bad = refused + errors > 0 ? `, ${refused} refused, ${errors} without an answer` : '';
  console.log(`${what}: p50 ${a} ms, p95 ${b} ms, p99 ${c} ms of ${n}${bad} ${growth}`.trim());
}

async function hasAll(url, headers) {
  const response = await fetch(`${url}/api/catalog/entity-facets?facet=kind&filter=spec.type=bench`, { headers });
  const { facets } = await response.json();
  return facets?.kind?.[0]?.count === MOST_SERVICES;
}

function databaseOf(client) {
  if (client === 'sqlite') return join(folder, 'data', 'harness-cd.sqlite');
  const url = new URL(process.env.BENCH_DATABASE);
  url.pathname = '/backstage_plugin_harness-cd';
  return url.href;
}

function configOf(client) {
  const database =
    client === 'pg'
      ? { client: 'pg', connection: process.env.BENCH_DATABASE }
      : { client: 'better-sqlite3', connection: { directory: join(folder, 'data') } };
  return JSON.stringify({
    app: { baseUrl: 'http://localhost:7217' },
    backend: {
      baseUrl: 'http://localhost:7217',
      listen: { port: 7217 },
      // What is not measured is in memory.
      database: { ...database, plugin: { catalog: { client: 'better-sqlite3', connection: ':memory:' } } },
    },
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
