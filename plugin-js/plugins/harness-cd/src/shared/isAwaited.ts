import type { Deployment } from 'backstage-plugin-harness-cd-common';
import type { Start } from './start';

/** Harness lists a run some seconds after it was started. */
const AWAITED_MS = 60_000;

/** Whether a run was started here that Harness does not list yet. */
export function isAwaited(start: Start | null | undefined, listed: Deployment[] | undefined): boolean {
  if (start?.state.kind !== 'started' || Date.now() - start.heardAt > AWAITED_MS) return false;
  const { executionId } = start.state;
  return !listed?.some(deployment => deployment.executionId === executionId);
}
