import { harnessFailure, type HarnessFailure } from 'backstage-plugin-harness-cd-node';

/** What is thrown for a query that asks for what cannot be: the caller's mistake. */
export function wrongQuery(message: string): HarnessFailure {
  return harnessFailure('INVALID_REQUEST', message, { hint: 'Correct the query of the address.' });
}
