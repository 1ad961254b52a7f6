// @ts-check

const EXECUTIONS = 'harness_cd_executions';
const COLUMNS = ['account', 'org', 'project', 'pipeline', 'id'];
const MISSING = 'harness_cd_executions_missing_index';

/**
 * What of a pipeline is not there any more in Harness is found without a look at the executions of its whole project.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.alterTable(EXECUTIONS, table => {
    table.index(COLUMNS, MISSING, { predicate: knex.whereNotNull('missing_since') });
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.alterTable(EXECUTIONS, table => {
    table.dropIndex(COLUMNS, MISSING);
  });
};
