import { z } from 'zod';
import { InputError } from '@backstage/errors';

/** The query of a request; an `InputError` names all that is wrong with it. */
export function readQuery<T>(schema: z.ZodType<T>, query: unknown): T {
  const parsed = schema.safeParse(query);
  if (!parsed.success) throw new InputError(z.prettifyError(parsed.error));
  return parsed.data;
}
