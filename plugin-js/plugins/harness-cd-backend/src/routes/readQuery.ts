import type { z } from 'zod';
import { nearestName } from 'backstage-plugin-harness-cd-node';
import { wrongQuery } from '../wrongQuery';

/** A part of a query, for those who wrote another. */
interface Part {
  /** What it takes, in words. */
  takes: string;
  /** The closed list that its values are of, where there is one. */
  of?: string[];
}

const SHOWN = 60;

function givenFor(value: unknown, known: string[] | undefined): string[] {
  const given = [value]
    .flat()
    .map(one => (typeof one === 'object' ? JSON.stringify(one) : String(one)).slice(0, SHOWN));
  return known ? given.filter(one => !known.includes(one)) : [given.join(', ')];
}

/** What is wrong with a part of a query, and what to write instead. */
function reasonsFor(name: string, { takes, of: known }: Part, value: unknown): string[] {
  if (value === undefined) return [`${name} is missing: it takes ${takes}`];
  return givenFor(value, known).map(given => {
    const meant = known && nearestName(given, known);
    const advice = meant === undefined ? '' : `; did you mean ${meant}?`;
    return `${name} takes ${takes}, not “${given}”${advice}`;
  });
}

/** The query of a request; throws `INVALID_REQUEST`, which names all that is wrong with it. */
export function readQuery<T extends object>(
  schema: z.ZodType<T>,
  parts: Record<keyof T, Part>,
  query: Record<string, unknown>,
): T {
  const parsed = schema.safeParse(query);
  if (parsed.success) return parsed.data;
  const wrong = new Set(parsed.error.issues.map(({ path: [part] }) => String(part)));
  const reasons = [...wrong].flatMap(name => reasonsFor(name, parts[name as keyof T], query[name]));
  throw wrongQuery(reasons.join('. '));
}
