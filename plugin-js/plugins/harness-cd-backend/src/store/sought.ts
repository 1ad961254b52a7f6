import type { Knex } from 'knex';
import { STARTS } from './columns';

type Condition = (row: Knex.QueryBuilder) => void;

/** Whether a row of deployments has every word of a text in what it is sought by, or in what the portal knows of its start. */
export function hasWords(knex: Knex, text: string): Condition {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return row => words.forEach(word => void row.where(hasWord(knex, word)));
}

/** Whether somebody asked for it: in Harness, or in the portal by their entity or the last part of it. */
export function isOfPerson(knex: Knex, text: string): Condition {
  const person = text.trim().toLowerCase();
  const started = startedWhere(
    knex,
    start => void start.whereRaw("'/' || lower(started_by) LIKE ? ESCAPE ?", like(`%/${literal(person)}`)),
  );
  return row =>
    void row.whereRaw('people LIKE ? ESCAPE ?', like(`%\n${literal(person)}\n%`)).orWhereIn('execution_id', started);
}

function hasWord(knex: Knex, word: string): Condition {
  // A run of one number is not sought by a part of it.
  if (word.startsWith('#')) return row => void row.whereRaw('words LIKE ? ESCAPE ?', like(`%\n${literal(word)}\n%`));
  const part = like(`%${literal(word)}%`);
  const started = startedWhere(
    knex,
    start =>
      void start
        .whereRaw('lower(started_by) LIKE ? ESCAPE ?', part)
        .orWhereRaw(`lower(${askedTag(knex)}) LIKE ? ESCAPE ?`, part),
  );
  return row => void row.whereRaw('words LIKE ? ESCAPE ?', part).orWhereIn('execution_id', started);
}

function startedWhere(knex: Knex, isOne: Condition): Knex.QueryBuilder {
  return knex(STARTS).whereNotNull('execution_id').where(isOne).select('execution_id');
}

/** The tag that a start asks for, which is all that is known of a run before its first deployment. */
function askedTag({ client }: Knex): string {
  return client.config.client === 'pg' ? "(asked::json ->> 'imageTag')" : "json_extract(asked, '$.imageTag')";
}

/** The values of a LIKE with its escape. */
function like(pattern: string): [string, string] {
  return [pattern, '\\'];
}

/** A text as a pattern of LIKE that it alone meets. */
function literal(text: string): string {
  return text.replace(/[\\%_]/g, character => `\\${character}`);
}
