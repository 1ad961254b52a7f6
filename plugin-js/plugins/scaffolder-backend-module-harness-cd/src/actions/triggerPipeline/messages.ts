import { InputError, ResponseError } from '@backstage/errors';
import type { Violation } from 'backstage-plugin-harness-cd-common';

/** What the reader of a task knows the fields of a request by. */
const LABELS: Record<string, string> = {
  service: 'Service',
  imageTag: 'Image tag',
  environment: 'Environment',
  region: 'Region',
  changeTicket: 'Change ticket',
  rollbackPlan: 'Rollback plan',
  businessJustification: 'Business justification',
};

/** Something that the reader of a task can mend. The scaffolder prints the stack of an error: this one has none. */
export function mistake(message: string): Error {
  return Object.assign(new InputError(message), { stack: message });
}

/** A request that breaks the rules, with a line for each reason. */
export function rejection(violations: Violation[]): Error {
  return mistake(['Nothing was started:', ...violations.map(violation => `- ${sentence(violation)}`)].join('\n'));
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

function sentence({ path, message }: Violation): string {
  const [first = '', second] = path.split('/').slice(1).map(unescaped);
  const field = first === 'inputs' ? second : first;
  if (!field) return message;
  return `${LABELS[field] ?? nameOf(field)}: ${message}`;
}

/** An input that is no variable has a pointer for a name, whose end says most. */
function nameOf(field: string): string {
  return field.slice(field.lastIndexOf('/') + 1);
}

function unescaped(segment: string): string {
  return segment.replaceAll('~1', '/').replaceAll('~0', '~');
}
