// What Harness really has, and what the record says of it.
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { root } from './processes.mjs';

const { Client } = createRequire(resolve(root, 'plugin-js/packages/backend/index.js'))('pg');
const SCOPE = { accountIdentifier: 'demo-account', orgIdentifier: 'default', projectIdentifier: 'platform' };

/** What begins or ends is read within a minute. */
const LOOKS = 60;
const LOOK_EVERY_MS = 2_000;

/** Where Harness lists executions. */
export const LIST = '/pipeline/api/pipelines/execution/summary';

/** The database of the plugin, as Backstage calls it. */
export async function openRecord(connection) {
  const url = new URL(connection);
  url.pathname = '/backstage_plugin_harness-cd';
  const client = new Client({ connectionString: url.href });
  await client.connect();
  return client;
}

/** Forgets all that is known, as a portal that is new. */
export async function forget(client) {
  await client.query('TRUNCATE harness_cd_syncs, harness_cd_executions, harness_cd_deployments, harness_cd_events');
  await client.query(
    `INSERT INTO harness_cd_syncs (account, org, project, pipeline, state, is_whole, due_at, lease_until)
     VALUES ($1, $2, $3, '', '', false, 0, 0)`,
    Object.values(SCOPE),
  );
}

/** From now on notes each run of a task of all backends, as their scheduler begins it. */
export async function watchTasks(client) {
  await client.query(`
    DROP TABLE IF EXISTS storm_task_runs;
    CREATE TABLE storm_task_runs (id text, at timestamptz DEFAULT clock_timestamp());
    CREATE OR REPLACE FUNCTION storm_note_task_run() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN INSERT INTO storm_task_runs (id) VALUES (NEW.id); RETURN NULL; END $$;
    CREATE OR REPLACE TRIGGER storm_task_runs AFTER UPDATE ON backstage_backend_tasks__tasks FOR EACH ROW
      WHEN (OLD.current_run_ticket IS NULL AND NEW.current_run_ticket IS NOT NULL)
      EXECUTE FUNCTION storm_note_task_run();
  `);
}

/** How often each task of all backends ran, and how many of its runs came before their time. */
export async function countTasks(client) {
  const { rows } = await client.query(`
    SELECT id, count(*)::int AS runs, count(*) FILTER (WHERE at - before < 0.8 * cadence)::int AS early
    FROM (
      SELECT id, at, lag(at) OVER (PARTITION BY id ORDER BY at) AS before,
        (settings_json::json ->> 'cadence')::interval AS cadence
      FROM storm_task_runs JOIN backstage_backend_tasks__tasks USING (id)
    ) AS run
    GROUP BY id ORDER BY id
  `);
  return rows;
}

/** How many executions are known. */
export async function countExecutions(client) {
  const { rows } = await client.query('SELECT count(*) FROM harness_cd_executions');
  return Number(rows[0].count);
}

/** Whether all is known that is to be. */
export async function isWhole(client) {
  const { rows } = await client.query("SELECT is_whole FROM harness_cd_syncs WHERE pipeline = ''");
  return rows[0].is_whole;
}

/** All executions that Harness lists, newest first; those with these ids, where some are named. */
export async function listExecutions({ url }, apiKey, ids) {
  const listed = [];
  for (let page = 0; ; page += 1) {
    const query = new URLSearchParams({ ...SCOPE, page, size: 1_000, showAllExecutions: true });
    const headers = { 'content-type': 'application/json', 'x-api-key': apiKey };
    const body = JSON.stringify({ filterType: 'PipelineExecution', planExecutionIds: ids });
    const response = await fetch(`${url}${LIST}?${query}`, { method: 'POST', headers, body });
    const { data } = await response.json();
    listed.push(...data.content);
    if (data.last) return listed;
  }
}

/** What the record and Harness's own list do not agree about, once what begins or ends meanwhile has been read. */
export async function compare(client, simulator, apiKey) {
  let wrong = await differences(client, simulator, apiKey);
  // All is not listed in one instant: what has changed since is looked at again.
  for (let looks = 0; wrong.size > 0 && looks < LOOKS; looks += 1) {
    await wait(LOOK_EVERY_MS);
    wrong = await differences(client, simulator, apiKey, [...wrong.keys()]);
  }
  return [...wrong.values()];
}

async function differences(client, simulator, apiKey, only) {
  const truth = new Map();
  for (const row of await listExecutions(simulator, apiKey, only)) {
    truth.set(row.planExecutionId, told(row.pipelineIdentifier, row.status, row.startTs, row.endTs));
  }
  const { rows } = await client.query(
    'SELECT * FROM harness_cd_executions WHERE missing_since IS NULL AND ($1::text[] IS NULL OR id = ANY($1))',
    [only ?? null],
  );
  const record = new Map(rows.map(row => [row.id, told(row.pipeline, row.status, row.started_at, row.ended_at)]));
  const ids = [...new Set([...truth.keys(), ...record.keys()])].filter(id => truth.get(id) !== record.get(id));
  return new Map(ids.map(id => [id, `${id}: Harness ${truth.get(id)}, the record ${record.get(id)}`]));
}

/** A status is the same, whichever of its spellings Harness has for it. */
function told(pipeline, status, startedAt, endedAt) {
  return `${pipeline} ${status.replaceAll('_', '').toLowerCase()} ${startedAt ?? null} ${endedAt ?? null}`;
}
