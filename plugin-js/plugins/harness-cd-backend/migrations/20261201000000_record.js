// @ts-check

const { createPages, dropPages } = require('./20261127000000_pipeline_ref');
const withService = require('./20261129000000_service');

/** @param {import('knex').Knex.CreateTableBuilder} table */
function addScope(table) {
  table.string('account').notNullable().comment("The account's identifier in Harness");
  table.string('org').notNullable().comment("The organization's identifier in Harness");
  table.string('project').notNullable().comment("The project's identifier in Harness");
}

const SCOPE = ['account', 'org', 'project'];

/** @param {import('knex').Knex} knex */
async function createExecutions(knex) {
  await knex.schema.createTable('harness_cd_executions', table => {
    table.comment('What ran, as Harness told it');
    addScope(table);
    table.string('id').notNullable().comment('The execution in Harness');
    table.string('pipeline').notNullable().comment("The pipeline's identifier in Harness");
    table.string('status').notNullable().comment("The execution's status");
    table.string('phase', 16).notNullable().comment('What the status means for somebody who waits');
    table.bigInteger('created_at').comment('When it was asked for, epoch ms');
    table.bigInteger('started_at').comment('When it began, epoch ms; null before');
    table.bigInteger('sorted_at').notNullable().comment('As started_at; what has not begun is later than any time');
    table.bigInteger('ended_at').comment('When it ended, epoch ms; null before');
    table.boolean('is_chained').notNullable().comment('Whether a stage of another execution has started it');
    table.bigInteger('read_at').notNullable().comment('When Harness was asked for it as it is here, epoch ms');
    table.bigInteger('missing_since').comment('When it was not there any more in Harness, epoch ms; null while it is');
    table.primary([...SCOPE, 'id']);
    table.index([...SCOPE, 'pipeline', 'sorted_at', 'id'], 'harness_cd_executions_of_pipeline_index');
    table.index([...SCOPE, 'started_at'], 'harness_cd_executions_by_start_index');
    table.index(['sorted_at'], 'harness_cd_executions_by_age_index');
  });
}

/** @param {import('knex').Knex} knex */
async function createDeployments(knex) {
  await knex.schema.createTable('harness_cd_deployments', table => {
    table.comment('The deployments of executions, or the row that speaks for one that has none');
    addScope(table);
    table.string('id').notNullable().comment('Execution and stage');
    table.string('execution_id').notNullable().comment('The execution in Harness');
    table.integer('position').notNullable().comment('Its place in the execution, from 0');
    table.string('pipeline').notNullable().comment("The pipeline's identifier in Harness");
    table.string('service').comment("The service's identifier in Harness");
    table.string('environment').comment("The environment's identifier in Harness");
    table.string('region').comment('The region');
    table.string('status').notNullable().comment("The stage's status");
    table.string('phase', 16).notNullable().comment('What the status means for somebody who waits');
    table.string('tag').comment("The image's tag, or the version where there is none");
    table.string('person').comment('Who asked for it, as Harness names them');
    table.bigInteger('started_at').comment('When the stage began, epoch ms; null before');
    table.text('payload', 'longtext').notNullable().comment('The deployment as JSON');
    table.primary([...SCOPE, 'id']);
    table.index([...SCOPE, 'execution_id'], 'harness_cd_deployments_of_execution_index');
    table.index([...SCOPE, 'service', 'environment', 'started_at'], 'harness_cd_deployments_of_service_index');
    table.index([...SCOPE, 'environment', 'region', 'started_at'], 'harness_cd_deployments_of_place_index');
    table.index([...SCOPE, 'tag'], 'harness_cd_deployments_of_tag_index');
    table.index([...SCOPE, 'person', 'started_at'], 'harness_cd_deployments_of_person_index');
  });
}

/** @param {import('knex').Knex} knex */
async function createSyncs(knex) {
  await knex.schema.createTable('harness_cd_syncs', table => {
    table.comment('How far the record of what ran is, of each project and of single pipelines');
    addScope(table);
    table.string('pipeline').notNullable().comment('The pipeline that it is of; empty for the project');
    table.text('state', 'longtext').notNullable().comment('What was read and what is next; empty before');
    table.bigInteger('as_of').comment('When Harness was asked for what is newest, epoch ms; null before');
    table.bigInteger('known_from').comment('All that began since is known, epoch ms; null where nothing is');
    table.boolean('is_whole').notNullable().comment('Whether that is as far back as the record is to go');
    table.bigInteger('failing_since').comment('Since when Harness could not be asked, epoch ms; null while it can');
    table.text('failure').comment('Why, as JSON');
    table.bigInteger('looked_at').comment('When somebody last looked, epoch ms');
    table.bigInteger('happened_at').comment('When something last happened in Harness, as far as it is known, epoch ms');
    table.bigInteger('due_at').notNullable().comment('When there is something to be asked, epoch ms');
    table.string('owner', 36).comment('Who asks just now');
    table.bigInteger('lease_until').notNullable().comment('Until when who asks is taken to be alive, epoch ms');
    table.primary([...SCOPE, 'pipeline']);
    table.index(['due_at']);
  });
  await knex.schema.createTable('harness_cd_quarantine', table => {
    table.comment('Rows of Harness that could not be read, by their reasons');
    addScope(table);
    table.string('pipeline').notNullable().comment('The pipeline whose record lacks them; empty for the project');
    table.string('reason').notNullable().comment('What is wrong with them');
    table.integer('count').notNullable().comment('How many there were in the last answer that had some');
    table.string('pointer').notNullable().comment('Where the first of them stood in that answer, RFC 6901');
    table.bigInteger('first_at').notNullable().comment('When the first was read, epoch ms');
    table.bigInteger('last_at').notNullable().comment('When the last was read, epoch ms');
    table.primary([...SCOPE, 'pipeline', 'reason']);
  });
}

/**
 * The record takes the place of what page views had left behind. What those rows cover is not known, so they are
 * dropped; the record is read from Harness, as far back as it goes.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await dropPages(knex);
  await createExecutions(knex);
  await createDeployments(knex);
  await createSyncs(knex);
};

/**
 * What page views would have left behind is left behind by the next of them.
 *
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  for (const table of ['quarantine', 'syncs', 'deployments', 'executions']) {
    await knex.schema.dropTable(`harness_cd_${table}`);
  }
  await createPages(knex);
  await withService.up(knex);
};

exports.createDeployments = createDeployments;
