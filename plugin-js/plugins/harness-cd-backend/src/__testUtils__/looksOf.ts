import type { Knex } from 'knex';

/** By which indexes SQLite looks for what is asked of the plugin's tables meanwhile: those steps of its plans. */
export async function looksOf(knex: Knex, ask: () => Promise<unknown>): Promise<string[]> {
  const asked: { sql: string; bindings: any[] }[] = [];
  knex.on('query', query => asked.push(query));
  await ask();
  knex.removeAllListeners('query');
  const plans = await Promise.all(asked.map(({ sql, bindings }) => knex.raw(`EXPLAIN QUERY PLAN ${sql}`, bindings)));
  const steps: string[] = plans.flat().map(({ detail }) => detail);
  return steps.filter(step => /^(SEARCH|SCAN) harness_cd_/.test(step));
}
