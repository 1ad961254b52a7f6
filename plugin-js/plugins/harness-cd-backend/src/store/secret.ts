import { randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import { SECRET } from './columns';

/** What all backends of a portal know and nobody else: made by the first of them. */
export async function readSecret(knex: Knex, purpose: string): Promise<string> {
  const made = { purpose, secret: randomBytes(32).toString('hex') };
  await knex(SECRET).insert(made).onConflict('purpose').ignore();
  const { secret } = await knex(SECRET).where({ purpose }).first();
  return secret;
}
