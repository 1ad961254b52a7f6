// @ts-check

/** @param {import('knex').Knex} knex */
exports.up = async function up(knex) {
  await knex.schema.createTable('harness_cd_starts', table => {
    table.comment('Starts of pipelines, each under the key that whoever asked gave it');
    table.string('entity_ref').notNullable().comment('The catalog entity that is deployed');
    table.string('key', 64).notNullable().comment('The Idempotency-Key of the request');
    table.string('account').notNullable().comment("The account's identifier in Harness");
    table.string('org').notNullable().comment("The organization's identifier in Harness");
    table.string('project').notNullable().comment("The project's identifier in Harness");
    table.string('pipeline').notNullable().comment("The pipeline's identifier in Harness");
    table.string('branch').comment('The branch that the pipeline is run from, where one is named');
    table.string('started_by').notNullable().comment('The entity ref of who asked');
    table.string('digest', 64).notNullable().comment('SHA-256 of the request: one key is for one request');
    table.text('asked').notNullable().comment('What is asked for, as JSON, for people to read');
    table
      .string('nonce', 64)
      .notNullable()
      .comment("By which the run is found in Harness; it stands in the run's notes");
    table.string('state', 16).notNullable().comment('checking, starting or searching; then the kind of the outcome');
    table.text('outcome', 'longtext').comment('The outcome as JSON; null while there is none');
    table.string('execution_id').comment('The execution in Harness, where it was started');
    table.bigInteger('created_at').notNullable().comment('When it was asked for, epoch ms');
    table.bigInteger('updated_at').notNullable().comment('When its state changed, epoch ms');
    table.bigInteger('sent_at').comment('When Harness was first asked to run it, epoch ms; null before');
    table.string('owner', 36).notNullable().comment('The attempt that works on it, or worked on it last');
    table.bigInteger('lease_until').notNullable().comment('Until when the owner is taken to be alive, epoch ms');
    table.primary(['entity_ref', 'key']);
    table.index(['state', 'lease_until']);
    table.index(['execution_id']);
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.dropTable('harness_cd_starts');
};
