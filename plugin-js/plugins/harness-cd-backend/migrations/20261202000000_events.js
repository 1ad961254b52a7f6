// @ts-check

/** @param {import('knex').Knex} knex */
exports.up = async function up(knex) {
  await knex.schema.createTable('harness_cd_events', table => {
    table.comment('Events that Harness has sent: each is taken once');
    table.string('digest', 64).primary().comment('SHA-256 of the event');
    table.bigInteger('received_at').notNullable().comment('When it came, epoch ms');
    table.index(['received_at']);
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.dropTable('harness_cd_events');
};
