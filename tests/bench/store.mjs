// A record of what ran, as large as it is wanted, written beside a backend that is there.
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

const require = createRequire(resolve(import.meta.dirname, '../../plugin-js/packages/backend/index.js'));

const SCOPE = { account: 'demo-account', org: 'default', project: 'platform' };
const DAY_MS = 24 * 60 * 60_000;
const PERIOD_MS = 90 * DAY_MS;
const AT_A_TIME = 2_000;
const PLACES = ['int_stable', 'qa', 'prod'].flatMap(environment =>
  ['euw1', 'usc1'].map(region => [environment, region]),
);
const PEOPLE = ['Ana Lima', 'Bo Chen', 'Chiara Russo', 'Dev Patel'];
/** So many deployments a pipeline has at least: more than a page. */
const LEAST = 50;

/** So many services as there may be in a store of this size. */
export const MOST_SERVICES = 1_000;

/** The services of a store of so many deployments. */
export function servicesOf(deployments) {
  return Math.min(MOST_SERVICES, deployments / LEAST);
}

export function nameOf(service) {
  return `svc-${String(service).padStart(4, '0')}`;
}

/** The rows of the deployments from one number to another, an execution each. */
function* rows(from, to, services, now) {
  for (let number = from; number < to; number += 1) yield rowOf(number, services, now - (number / to) * PERIOD_MS);
}

function rowOf(number, services, at) {
  const service = number % services;
  const name = nameOf(service);
  const [environment, region] = PLACES[Math.floor(number / services) % PLACES.length];
  const person = PEOPLE[number % PEOPLE.length];
  const isOpen = number < 20;
  const [status, phase, group] = isOpen
    ? ['Running', 'active', 'running']
    : number % 11 === 0
      ? ['Failed', 'failed', 'failed']
      : ['Success', 'succeeded', 'succeeded'];
  const startedAt = Math.round(at);
  const endedAt = isOpen ? undefined : startedAt + 240_000;
  const executionId = `run${String(number).padStart(18, '0')}`;
  const version = `v1.${Math.floor(number / services / PLACES.length)}.0`;
  const underscored = name.replace('-', '_');
  const pipeline = `${underscored}_cd`;
  const page = `https://app.harness.io/ng/account/demo-account/cd/orgs/default/projects/platform/pipelines/${pipeline}`;
  const deployment = {
    id: `${executionId}/deploy`,
    executionId,
    pipeline,
    pipelineName: `${name}-cd`,
    runNumber: number + 1,
    stage: `deploy_${environment}_${region}`,
    stageName: `Deploy ${environment} ${region}`,
    status,
    phase,
    service: underscored,
    serviceName: name,
    environment,
    environmentName: environment.replace('_', '-'),
    environmentType: environment === 'prod' ? 'Production' : 'PreProduction',
    infrastructure: `${environment}_${region}_k8s`,
    infrastructureName: `${environment}-${region}-k8s`,
    region,
    image: `registry.example.com/shop/${name}`,
    imageTag: version,
    version,
    runCreatedAt: startedAt - 2_000,
    runStartedAt: startedAt - 1_000,
    runEndedAt: endedAt,
    startedAt,
    endedAt,
    durationMs: endedAt && endedAt - startedAt,
    triggerType: 'MANUAL',
    triggeredBy: person,
    triggeredByEmail: `${person.split(' ')[0].toLowerCase()}@example.com`,
    isRollback: false,
    links: { execution: `${page}/executions/${executionId}/pipeline`, pipeline: `${page}/pipeline-studio/` },
  };
  const people = `\n${person.toLowerCase()}\n${deployment.triggeredByEmail}\n`;
  const words = [underscored, name, version, version, environment, deployment.environmentName, region, pipeline];
  return {
    execution: {
      ...SCOPE,
      id: executionId,
      pipeline,
      status,
      phase,
      created_at: deployment.runCreatedAt,
      started_at: deployment.runStartedAt,
      sorted_at: deployment.runStartedAt,
      ended_at: endedAt ?? null,
      is_chained: false,
      read_at: startedAt,
      missing_since: null,
    },
    deployment: {
      ...SCOPE,
      id: deployment.id,
      execution_id: executionId,
      position: 0,
      pipeline,
      service: underscored,
      environment,
      region,
      status,
      status_group: group,
      deploys: true,
      tag: version,
      people,
      words: `\n${[...words, deployment.pipelineName, `#${number + 1}`].join('\n')}${people}`,
      sorted_at: startedAt,
      ended_at: endedAt ?? null,
      payload: JSON.stringify(deployment),
    },
  };
}

/** The database of the plugin: `sqlite` with a file, `pg` with an address. */
export async function openStore({ client, connection }) {
  return client === 'pg' ? new PostgresStore(await connected(connection)) : new SqliteStore(connection);
}

async function connected(connectionString) {
  const client = new (require('pg').Client)({ connectionString });
  await client.connect();
  return client;
}

/** Makes the store one of so many deployments, whose record is taken to be that of now for an hour: nothing is synced. */
export async function fill(store, deployments) {
  const now = Date.now();
  const services = servicesOf(deployments);
  // Nobody takes a turn of a record any more.
  const until = now + 60 * 60_000;
  await store.run(
    `UPDATE harness_cd_syncs SET as_of = ${until}, known_from = 0, is_whole = ${store.yes}, failing_since = NULL,
     failure = NULL, owner = 'bench', lease_until = ${until}`,
  );
  for (const table of ['deployments', 'executions', 'pipelines']) await store.run(`DELETE FROM harness_cd_${table}`);
  let batch = [];
  const flush = async () => {
    await store.insert(
      'harness_cd_executions',
      batch.map(({ execution }) => execution),
    );
    await store.insert(
      'harness_cd_deployments',
      batch.map(({ deployment }) => deployment),
    );
    batch = [];
  };
  for (const row of rows(0, deployments, services, now)) {
    batch.push(row);
    if (batch.length === AT_A_TIME) await flush();
  }
  if (batch.length > 0) await flush();
  const pipelines = Array.from({ length: services }, (_, service) => ({
    ...SCOPE,
    pipeline: `${nameOf(service).replace('-', '_')}_cd`,
    revision: 1,
  }));
  await store.run('DELETE FROM harness_cd_pipelines');
  await store.insert('harness_cd_pipelines', pipelines);
  await store.analyze();
}

class SqliteStore {
  yes = 1;

  constructor(file) {
    this.database = new (require('better-sqlite3'))(file, { timeout: 30_000 });
  }

  async run(sql) {
    this.database.exec(sql);
  }

  async insert(table, rows) {
    const columns = Object.keys(rows[0]);
    const values = columns.map(() => '?').join(', ');
    const statement = this.database.prepare(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${values})`);
    const value = one => (typeof one === 'boolean' ? Number(one) : one);
    this.database.transaction(() => rows.forEach(row => statement.run(...columns.map(column => value(row[column])))))();
  }

  async analyze() {}

  async close() {
    this.database.close();
  }
}

class PostgresStore {
  yes = 'true';

  constructor(client) {
    this.client = client;
  }

  async run(sql) {
    await this.client.query(sql);
  }

  async insert(table, rows) {
    const columns = Object.keys(rows[0]).join(', ');
    await this.client.query(
      `INSERT INTO ${table} (${columns}) SELECT ${columns} FROM json_populate_recordset(NULL::${table}, $1)`,
      [JSON.stringify(rows)],
    );
  }

  // As its autovacuum does a minute after such a change.
  async analyze() {
    await this.client.query('VACUUM ANALYZE harness_cd_deployments');
    await this.client.query('VACUUM ANALYZE harness_cd_executions');
  }

  async close() {
    await this.client.end();
  }
}
