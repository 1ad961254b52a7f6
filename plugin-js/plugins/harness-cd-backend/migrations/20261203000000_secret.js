// @ts-check

/** @param {import('knex').Knex} knex */
exports.up = async function up(knex) {
  await knex.schema.createTable('harness_cd_secret', table => {
    table.comment('What all backends of a portal know and nobody else');
    table.string('purpose', 64).primary().comment('What it is for');
    table.string('secret', 64).notNullable().comment('32 bytes by chance, in hex');
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.dropTable('harness_cd_secret');
};
