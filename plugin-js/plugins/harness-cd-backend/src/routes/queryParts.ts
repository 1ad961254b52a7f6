import { z } from 'zod';
import { type StatusGroup, STATUSES_OF_GROUP } from 'backstage-plugin-harness-cd-common';

export const STATUS_GROUPS = Object.keys(STATUSES_OF_GROUP) as StatusGroup[];

const MAX_NAME = 128;
const MAX_TEXT = 200;
/** The last instant that a clock of JavaScript has. */
const MAX_INSTANT = 8.64e15;

const name = z.string().min(1).max(MAX_NAME).optional();
const NAME = { takes: `a name of 1 to ${MAX_NAME} characters, once` };

export const instant = z.coerce.number().int().min(0).max(MAX_INSTANT);
export const INSTANT = { takes: 'an instant in epoch ms, a whole number from 0' };

/** One or several. */
export function listOf<T extends string>(element: z.ZodType<T, string>) {
  return z
    .union([z.string(), z.array(z.string())])
    .transform(given => [given].flat())
    .pipe(z.array(element));
}

export const periodSchema = z.object({ fromMs: instant.optional(), toMs: instant.optional() });
export const PERIOD_PARTS = { fromMs: INSTANT, toMs: INSTANT };

/** Which deployments, but for their status. */
export const filterSchema = periodSchema.extend({
  environment: name,
  region: name,
  tag: name,
  person: name,
  text: z.string().min(1).max(MAX_TEXT).optional(),
});
export const FILTER_PARTS = {
  ...PERIOD_PARTS,
  environment: NAME,
  region: NAME,
  tag: NAME,
  person: NAME,
  text: { takes: `words, once, in 1 to ${MAX_TEXT} characters` },
};
