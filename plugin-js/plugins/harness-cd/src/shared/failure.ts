import type { FailureCode } from 'backstage-plugin-harness-cd-common';

/** Where the entity names no pipeline that it may use. */
const OF_THE_PIPELINE: readonly FailureCode[] = [
  'FOREIGN_PIPELINE',
  'INVALID_CONFIG',
  'PIPELINE_NOT_FOUND',
  'WRONG_SCOPE',
];

/** What went wrong, in the words a reader needs. */
export interface Failure {
  /** One sentence. */
  message: string;
  /** A code of the closed list of failures, where the backend gave one. */
  code?: string;
  /** What to do about it. */
  hint?: string;
  /** The id to give to whoever runs Harness. */
  correlationId?: string;
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The HTTP status of a refused call; undefined for anything else. */
export function statusCodeOf(error: unknown): number | undefined {
  const { statusCode } = asRecord(error);
  return typeof statusCode === 'number' ? statusCode : undefined;
}

/** Reads what the backend said: the `error` part of a Backstage error body, or a failure in an answer, or a message. */
export function failureOf(error: unknown): Failure {
  const own = asRecord(error);
  const sent = 'body' in own ? asRecord(asRecord(own.body).error) : own;
  return {
    message: asText(sent.message) ?? asText(own.message) ?? String(error),
    code: asText(sent.code),
    hint: asText(sent.hint),
    correlationId: asText(sent.correlationId),
  };
}

/** Whether only another pipeline mends it, or another way of naming it: neither waiting nor trying again does. */
export function needsAnotherPipeline({ code }: Failure): boolean {
  return OF_THE_PIPELINE.some(candidate => candidate === code);
}

/** Whether the message is what a person has to read, because it names what to mend. Any other is for whoever looks closer. */
export function isSaidToPeople(failure: Failure): boolean {
  return failure.code === 'INVALID_REQUEST' || needsAnotherPipeline(failure);
}
