// @ts-check

/**
 * A pipeline may deploy several services, and an entity sees the deployments of its own. Of the rows that are there no
 * service is known until they are read again; until then they are nobody's.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex('harness_cd_deployments').delete();
  await knex.schema.alterTable('harness_cd_deployments', table => {
    table.string('service').comment("The service's identifier in Harness");
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.alterTable('harness_cd_deployments', table => {
    table.dropColumn('service');
  });
};
