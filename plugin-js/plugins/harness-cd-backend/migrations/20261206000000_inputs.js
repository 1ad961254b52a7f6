// @ts-check

const EXECUTIONS = 'harness_cd_executions';
const UNTOLD = 'harness_cd_executions_untold_index';

/**
 * Of executions whose deployments do not tell it, what they were asked to do is read once, and kept.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.alterTable(EXECUTIONS, table => {
    table
      .boolean('asks_inputs')
      .notNullable()
      .defaultTo(false)
      .comment('Whether its inputs have to tell what it deploys');
    table.text('inputs').comment('What it was asked to do, as JSON; null before that was read');
  });
  await knex.raw('CREATE INDEX ?? ON ?? (??, ??, ??, ??) WHERE asks_inputs AND inputs IS NULL', [
    UNTOLD,
    EXECUTIONS,
    'account',
    'org',
    'project',
    'pipeline',
  ]);
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.raw('DROP INDEX ??', [UNTOLD]);
  await knex.schema.alterTable(EXECUTIONS, table => {
    table.dropColumn('inputs');
    table.dropColumn('asks_inputs');
  });
};
