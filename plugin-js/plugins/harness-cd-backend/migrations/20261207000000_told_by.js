// @ts-check

const PIPELINES = 'harness_cd_pipelines';

/**
 * What runs where is told anew by another version of the product.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.alterTable(PIPELINES, table => {
    table.string('told_by').comment('The version of the product that has told the matrix; null before there is one');
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.alterTable(PIPELINES, table => {
    table.dropColumn('told_by');
  });
};
