// @ts-check

/** @param {import('knex').Knex.CreateTableBuilder} table */
function addScope(table) {
  table.string('account').notNullable().comment("The account's identifier in Harness");
  table.string('org').notNullable().comment("The organization's identifier in Harness");
  table.string('project').notNullable().comment("The project's identifier in Harness");
}

const SCOPE = ['account', 'org', 'project'];

/** @param {import('knex').Knex.CreateTableBuilder} table */
function addDeploymentColumns(table) {
  addScope(table);
  table.string('id').notNullable().comment('Execution and stage');
  table.string('execution_id').notNullable().comment('The execution in Harness');
  table.integer('position').notNullable().comment('Its place in the execution, from 0');
  table.string('pipeline').notNullable().comment("The pipeline's identifier in Harness");
  table.string('service').comment("The service's identifier in Harness");
  table.string('environment').comment("The environment's identifier in Harness");
  table.string('region').comment('The region, or the infrastructure definition where none can be read off it');
  table.string('status').notNullable().comment("The stage's status");
  table.string('status_group', 16).notNullable().comment('What became of it');
  table.boolean('deploys').notNullable().comment('False for the row of a run that succeeded without deploying');
  table.string('tag').comment("The image's tag, or the version where there is none");
  table.text('people').notNullable().comment('Who asked for it, as Harness knows them, a line each');
  table.text('words').notNullable().comment('What it is sought by, a line each');
  table.bigInteger('sorted_at').notNullable().comment('When it began, epoch ms; what has not is later than any time');
  table.bigInteger('ended_at').comment('When it ended, epoch ms; null before');
  table.text('payload', 'longtext').notNullable().comment('The deployment as JSON');
  table.primary([...SCOPE, 'id']);
  table.index([...SCOPE, 'execution_id'], 'harness_cd_deployments_of_execution_index');
  table.index([...SCOPE, 'pipeline', 'sorted_at', 'id'], 'harness_cd_deployments_of_pipeline_index');
  table.index(['sorted_at', 'id'], 'harness_cd_deployments_by_begin_index');
  table.index(['status_group', 'sorted_at', 'id'], 'harness_cd_deployments_by_status_index');
  table.index([...SCOPE, 'service', 'pipeline'], 'harness_cd_deployments_of_service_index');
}

/**
 * Empties the record and has it read again: what the new columns hold is read from Harness with the rows.
 *
 * @param {import('knex').Knex} knex
 */
async function readAgain(knex) {
  await knex('harness_cd_executions').delete();
  await knex('harness_cd_syncs').update({ state: '', as_of: null, known_from: null, is_whole: false, due_at: 0 });
}

/**
 * Deployments are listed and sought across pipelines, and of each pipeline it is kept what runs where.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.dropTable('harness_cd_deployments');
  await knex.schema.createTable('harness_cd_deployments', table => {
    table.comment('The deployments of executions, or the row that speaks for one that has none');
    addDeploymentColumns(table);
  });
  await readAgain(knex);
  await knex.schema.createTable('harness_cd_pipelines', table => {
    table.comment('The pipelines of which anything is known');
    addScope(table);
    table.string('pipeline').notNullable().comment("The pipeline's identifier in Harness");
    table.bigInteger('revision').notNullable().comment('Raised with every change of its deployments');
    table.bigInteger('told_revision').comment('The revision that the matrix is of; null before there is one');
    table.text('told_places').comment('The order of environments and regions in which it is told, as JSON');
    table.text('matrix', 'longtext').comment('What runs where, as JSON');
    table.primary([...SCOPE, 'pipeline']);
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.dropTable('harness_cd_pipelines');
  await knex.schema.dropTable('harness_cd_deployments');
  await readAgain(knex);
  await require('./20261201000000_record').createDeployments(knex);
};
