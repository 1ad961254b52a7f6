import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ROOT } from './portal.js';

interface Statement {
  run(...values: unknown[]): unknown;
  get(...values: unknown[]): Record<string, unknown> | undefined;
}
type Database = new (file: string) => { prepare(sql: string): Statement; close(): void };

const HOUR_MS = 3_600_000;
/** In the days before, the record is read again every hour, and what Harness does not have is marked. */
const READ_AGAIN_MS = 48 * HOUR_MS;
const SPACE_MS = 600_000;

/** Adds runs to a record of deployments, each ten minutes before the one after it: as the newest run of the pipeline that went well. */
export function addToRecord(folder: string, pipeline: string, runs: number): void {
  const Sqlite: Database = createRequire(join(ROOT, 'plugin-js/packages/backend/index.js'))('better-sqlite3');
  const database = new Sqlite(join(folder, 'harness-cd.sqlite'));
  const model = database
    .prepare(
      `SELECT execution_id AS id FROM harness_cd_deployments
       WHERE pipeline = ? AND status_group = 'succeeded' AND region IS NOT NULL ORDER BY ended_at DESC`,
    )
    .get(pipeline);
  if (!model) throw new Error(`the record has no deployment by ${pipeline} yet`);
  // What is bound is a number with a fraction to SQLite.
  const numbers = `WITH RECURSIVE
    numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < @runs),
    runs(n, run, at) AS (SELECT n, 'long-' || n, CAST(@newest - n * @space AS INTEGER) FROM numbers)`;
  const values = { id: model.id, runs, newest: Date.now() - READ_AGAIN_MS, space: SPACE_MS };
  database
    .prepare(
      `${numbers} INSERT INTO harness_cd_executions
         (account, org, project, id, pipeline, status, phase, created_at, started_at, sorted_at, ended_at, is_chained, read_at)
       SELECT account, org, project, run, pipeline, status, phase, at, at, at, at + 60000, is_chained, read_at
       FROM harness_cd_executions, runs WHERE id = @id`,
    )
    .run(values);
  database
    .prepare(
      `${numbers} INSERT INTO harness_cd_deployments
         (account, org, project, id, execution_id, position, pipeline, service, environment, region, status,
          status_group, deploys, tag, people, words, sorted_at, ended_at, payload)
       SELECT account, org, project, run || '/' || id, run, position, pipeline, service, environment, region, status,
         status_group, deploys, 'v1.0.' || n, people, words, at, at + 60000,
         json_set(payload, '$.id', run || '/' || id, '$.executionId', run, '$.imageTag', 'v1.0.' || n,
           '$.version', 'v1.0.' || n, '$.startedAt', at, '$.endedAt', at + 60000)
       FROM harness_cd_deployments, runs WHERE execution_id = @id`,
    )
    .run(values);
  // What was told of them is of before.
  database.prepare('UPDATE harness_cd_pipelines SET revision = revision + 1 WHERE pipeline = ?').run(pipeline);
  database.close();
}
