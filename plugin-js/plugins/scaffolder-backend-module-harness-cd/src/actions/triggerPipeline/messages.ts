import { InputError, ResponseError } from '@backstage/errors';
import type { Violation } from 'backstage-plugin-harness-cd-common';

/** Something that the reader of a task can mend. The scaffolder prints the stack of an error: this one has none. */
export function mistake(message: string): Error {
  return Object.assign(new InputError(message), { stack: message });
}

/** A request that breaks the rules, with a line for each reason: each says itself what it is about. */
export function rejection(violations: Violation[]): Error {
  return mistake(['Nothing was started:', ...violations.map(({ message }) => `- ${message}`)].join('\n'));
}

/** A failure, and what to do about it. */
export function failed({ message, hint = '' }: { message: string; hint?: string }, more = ''): Error {
  const sentences = [message, message.includes(hint) ? '' : hint, more];
  return mistake(sentences.filter(Boolean).join(' '));
}

/** What the backend said, in its own words; any other error as it is. */
export function told(error: unknown): unknown {
  return ResponseError.is(error) ? failed(error.body.error) : error;
}
