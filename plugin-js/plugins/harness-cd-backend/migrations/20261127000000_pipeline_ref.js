// @ts-check

const byIdentifierAlone = require('./20261123000000_deployments');

const PIPELINE = ['account', 'org', 'project', 'pipeline'];

/** @param {import('knex').Knex.CreateTableBuilder} table */
function addPipeline(table) {
  table.string('account').notNullable().comment("The account's identifier in Harness");
  table.string('org').notNullable().comment("The organization's identifier in Harness");
  table.string('project').notNullable().comment("The project's identifier in Harness");
  table.string('pipeline').notNullable().comment("The pipeline's identifier in Harness");
}

/**
 * The tables of what page views have read.
 *
 * @param {import('knex').Knex} knex
 */
async function createPages(knex) {
  await knex.schema.createTable('harness_cd_deployments', table => {
    table.comment('The last known deployments, shown while Harness cannot be asked');
    addPipeline(table);
    table.string('id').notNullable().comment('Execution and stage');
    table.string('execution_id').notNullable().comment('The execution in Harness');
    table.string('environment').comment("The environment's identifier in Harness");
    table.string('status').notNullable().comment("The stage's status");
    table.bigInteger('started_at').comment('Epoch ms; null for a stage that has not begun');
    table.bigInteger('fetched_at').notNullable().comment('When it was read from Harness, epoch ms');
    table.text('payload', 'longtext').notNullable().comment('The deployment as JSON');
    table.primary([...PIPELINE, 'id']);
    // Named, because the name made of all columns is longer than PostgreSQL allows.
    table.index([...PIPELINE, 'started_at'], 'harness_cd_deployments_by_start_index');
  });
  await knex.schema.createTable('harness_cd_pipeline_syncs', table => {
    table.comment('How asking Harness for the deployments of a pipeline went');
    addPipeline(table);
    table.bigInteger('succeeded_at').comment('The last time it went well, epoch ms');
    table.bigInteger('failing_since').comment('Since when it has failed, epoch ms; null while it goes well');
    table.primary(PIPELINE);
  });
}

/** @param {import('knex').Knex} knex */
async function dropPages(knex) {
  await knex.schema.dropTable('harness_cd_pipeline_syncs');
  await knex.schema.dropTable('harness_cd_deployments');
}

/**
 * Another project may have a pipeline of the same identifier: account, organization and project become part of the key.
 *
 * The rows that are there are dropped. They do not say which project they are of, and the configuration, which might,
 * is not known here. What is lost is a memory of Harness's answers; the next look at each history fills it again.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await byIdentifierAlone.down(knex);
  await createPages(knex);
};

/**
 * The rows are dropped here as well: two of them may have one key without the project.
 *
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await dropPages(knex);
  await byIdentifierAlone.up(knex);
};

exports.createPages = createPages;
exports.dropPages = dropPages;
