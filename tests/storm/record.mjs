// The record of what ran, kept by two replicas that are killed again and again: is it what Harness has, and how long did
// it take beside what Harness's limit allows?
//
//   node record.mjs [executions] [kills] [services]      STORM_DATABASE=postgres://… for the database that the replicas share
import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { writeCompany } from './company.mjs';
import { folder, Replica, startSimulator, until } from './processes.mjs';

const EXECUTIONS = Number(process.argv[2] ?? 1_500);
const KILLS = Number(process.argv[3] ?? 10);
const SERVICES = Number(process.argv[4] ?? 0);
/** What Harness allows a key. */
const CALLS_A_MINUTE = 400;
/** Executions in an answer. */
const PAGE = 100;
const SCOPE = { accountIdentifier: 'demo-account', orgIdentifier: 'default', projectIdentifier: 'platform' };
const LIST = '/pipeline/api/pipelines/execution/summary';
/** A turn that was killed is taken by another backend after 15 s. */
const WHOLE_WITHIN_S = 600;

const connection = process.env.STORM_DATABASE;
if (!connection) throw new Error('STORM_DATABASE is not set: an address such as postgres://user:password@localhost/');

const { Client } = createRequire(resolve(import.meta.dirname, '../../plugin-js/packages/backend/index.js'))('pg');
const apiKey = `pat.demo-account.storm.${randomUUID()}`;
const { configRepo } = SERVICES > 0 ? writeCompany(SERVICES) : {};
const simulator = await startSimulator(apiKey, { configRepo, more: ['--history', String(EXECUTIONS)] });
const database = { config: join(import.meta.dirname, 'replica.yaml'), connection };
const replicas = [7117, 7118].map(port => new Replica({ port, simulatorUrl: simulator.url, apiKey, database }));
await replicas[0].start();
const client = await open();
await client.query('TRUNCATE harness_cd_syncs, harness_cd_executions, harness_cd_deployments');
await client.query(
  `INSERT INTO harness_cd_syncs (account, org, project, pipeline, state, is_whole, due_at, lease_until)
   VALUES ($1, $2, $3, '', '', false, 0, 0)`,
  Object.values(SCOPE),
);
const begun = Date.now();
await replicas[1].start();

/** As far as the record is when nobody is killed. */
const share = EXECUTIONS / (KILLS + 1);
const known = [];
for (let kill = 0; kill < KILLS; kill += 1) {
  // At random, and while there is something to be read.
  const from = share * (kill + Math.random());
  await until(`${Math.round(from)} executions`, WHOLE_WITHIN_S, async () => (await count()) >= from || isWhole());
  known.push(await count());
  const replica = replicas[kill % 2];
  await replica.kill();
  // The other one goes on meanwhile.
  await replica.start();
}
await until('the record being whole', WHOLE_WITHIN_S, isWhole);
const seconds = (Date.now() - begun) / 1_000;
const { asked, refused } = await calls();
await simulator.control('POST', 'modes', { limits: 'off' });
// What began or ended meanwhile is read within a minute.
const wrong = await until('the record being what Harness has', 120, async () => {
  const differences = await compare();
  return differences.length === 0 ? differences : undefined;
}).catch(compare);
const executions = await count();
const needed = Math.ceil(executions / PAGE);
const floor = (needed / CALLS_A_MINUTE) * 60;
console.log(
  JSON.stringify({
    executions,
    kills: KILLS,
    known,
    seconds,
    needed,
    asked,
    refused,
    timesTheFloor: seconds / floor,
  }),
);
wrong.slice(0, 20).forEach(line => console.log(line));
console.log(`logs: ${folder}`);
replicas.forEach(replica => replica.child.kill());
simulator.child.kill();
process.exit(wrong.length === 0 ? 0 : 1);

/** The database of the plugin, as Backstage calls it. */
async function open() {
  const url = new URL(connection);
  url.pathname = '/backstage_plugin_harness-cd';
  const opened = new Client({ connectionString: url.href });
  await opened.connect();
  return opened;
}

async function count() {
  const { rows } = await client.query('SELECT count(*) FROM harness_cd_executions');
  return Number(rows[0].count);
}

async function isWhole() {
  const { rows } = await client.query("SELECT is_whole FROM harness_cd_syncs WHERE pipeline = ''");
  return rows[0].is_whole;
}

/** A status, whichever of its spellings Harness has for it. */
function spelt(status) {
  return status.replaceAll('_', '').toLowerCase();
}

/** What the record and Harness's own list do not agree about. */
async function compare() {
  const truth = new Map();
  for (let page = 0; ; page += 1) {
    const query = new URLSearchParams({ ...SCOPE, page, size: 1_000, showAllExecutions: true });
    const headers = { 'content-type': 'application/json', 'x-api-key': apiKey };
    const body = JSON.stringify({ filterType: 'PipelineExecution' });
    const response = await fetch(`${simulator.url}${LIST}?${query}`, { method: 'POST', headers, body });
    const { data } = await response.json();
    for (const row of data.content)
      truth.set(
        row.planExecutionId,
        `${row.pipelineIdentifier} ${spelt(row.status)} ${row.startTs} ${row.endTs ?? null}`,
      );
    if (data.last) break;
  }
  const { rows } = await client.query('SELECT * FROM harness_cd_executions WHERE missing_since IS NULL');
  const record = new Map(
    rows.map(row => [row.id, `${row.pipeline} ${spelt(row.status)} ${row.started_at} ${row.ended_at}`]),
  );
  const ids = new Set([...truth.keys(), ...record.keys()]);
  return [...ids]
    .filter(id => truth.get(id) !== record.get(id))
    .map(id => `${id}: Harness ${truth.get(id)}, the record ${record.get(id)}`);
}

/** How often Harness was asked for executions. */
async function calls() {
  const requests = (await simulator.control('GET', 'requests')).filter(({ path }) => path.startsWith(LIST));
  const answered = requests.filter(({ status }) => status === 200);
  return { asked: answered.length, refused: requests.length - answered.length };
}
