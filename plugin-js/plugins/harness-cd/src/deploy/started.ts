import type { Deployment } from 'backstage-plugin-harness-cd-common';

/** Harness lists a run some seconds after it was started. */
const AWAITED_MS = 60_000;

/** A run that was started here. */
export interface Started {
  executionId: string;
  /** When, epoch ms. */
  at: number;
}

/** Under which the run that was started last for an entity is kept. */
export function startedKey(entityRef: string): readonly [string, string] {
  return ['started', entityRef];
}

/** Whether a run was started here that Harness does not list yet. */
export function isAwaited(started: Started | undefined, listed: Deployment[] | undefined): boolean {
  if (!started || Date.now() - started.at > AWAITED_MS) return false;
  return !listed?.some(({ executionId }) => executionId === started.executionId);
}
