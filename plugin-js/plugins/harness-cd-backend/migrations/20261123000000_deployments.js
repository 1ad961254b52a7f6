// @ts-check

/** @param {import('knex').Knex} knex */
exports.up = async function up(knex) {
  await knex.schema.createTable('harness_cd_deployments', table => {
    table.comment('The last known deployments, shown while Harness cannot be asked');
    table.string('pipeline').notNullable().comment("The pipeline's identifier in Harness");
    table.string('id').notNullable().comment('Execution and stage');
    table.string('execution_id').notNullable().comment('The execution in Harness');
    table.string('environment').comment("The environment's identifier in Harness");
    table.string('status').notNullable().comment("The stage's status");
    table.bigInteger('started_at').comment('Epoch ms; null for a stage that has not begun');
    table.bigInteger('fetched_at').notNullable().comment('When it was read from Harness, epoch ms');
    table.text('payload', 'longtext').notNullable().comment('The deployment as JSON');
    table.primary(['pipeline', 'id']);
    table.index(['pipeline', 'started_at']);
  });
  await knex.schema.createTable('harness_cd_pipeline_syncs', table => {
    table.comment('How asking Harness for the deployments of a pipeline went');
    table.string('pipeline').primary().comment("The pipeline's identifier in Harness");
    table.bigInteger('succeeded_at').comment('The last time it went well, epoch ms');
    table.bigInteger('failing_since').comment('Since when it has failed, epoch ms; null while it goes well');
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.dropTable('harness_cd_pipeline_syncs');
  await knex.schema.dropTable('harness_cd_deployments');
};
