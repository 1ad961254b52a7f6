// @ts-check

const EXECUTIONS = 'harness_cd_executions';
const DEPLOYMENTS = 'harness_cd_deployments';
const OF_PIPELINE = 'harness_cd_executions_of_pipeline_index';
const LISTED = 'harness_cd_executions_listed_index';
const BY_END = 'harness_cd_deployments_by_end_index';
const COLUMNS = ['account', 'org', 'project', 'pipeline', 'sorted_at', 'id'];

/**
 * A page of a pipeline's history and the count of all are read from an index alone, however many there are, and so is
 * what failed in a time.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.alterTable(EXECUTIONS, table => {
    table.dropIndex(COLUMNS, OF_PIPELINE);
    table.index(COLUMNS, LISTED, { predicate: knex.whereNull('missing_since') });
  });
  await knex.schema.alterTable(DEPLOYMENTS, table => {
    table.index(['status_group', 'ended_at'], BY_END);
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.alterTable(DEPLOYMENTS, table => {
    table.dropIndex(['status_group', 'ended_at'], BY_END);
  });
  await knex.schema.alterTable(EXECUTIONS, table => {
    table.dropIndex(COLUMNS, LISTED);
    table.index(COLUMNS, OF_PIPELINE);
  });
};
