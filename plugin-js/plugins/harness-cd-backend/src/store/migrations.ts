import type { Knex } from 'knex';
import { type DatabaseService, resolvePackagePath } from '@backstage/backend-plugin-api';

/** The folder of the migrations. */
export const migrationsDirectory = resolvePackagePath('backstage-plugin-harness-cd-backend', 'migrations');

/** The plugin's database, with the tables of this version. */
export async function openDatabase(database: DatabaseService): Promise<Knex> {
  const knex = await database.getClient();
  if (!database.migrations?.skip) await knex.migrate.latest({ directory: migrationsDirectory });
  return knex;
}
