import { type Freshness, isAtWork as isPhaseAtWork, type StatusPhase } from 'backstage-plugin-harness-cd-common';

/** How long to wait before asking again for what may change by the second, ms. */
export const LIVE_INTERVAL_MS = 2_000;

/** How long to wait before asking again for what waits for a person, or for nobody, ms. */
export const IDLE_INTERVAL_MS = 30_000;

/** How long to wait before asking again whether Harness can be asked, ms. */
export const FAILED_INTERVAL_MS = 5_000;

/** How long to wait before asking again, by how often in a row the answer was the same. */
const PACE_MS = [LIVE_INTERVAL_MS, 3_000, 5_000, 8_000, 10_000];

/** Which update of its query brought an answer. */
const broughtBy = new WeakMap<object, number>();

/** What is known of a query that is asked again by itself. */
export interface Paced<T extends object> {
  data: T | undefined;
  dataUpdateCount: number;
}

/** Whether something is at work, or about to be, and so may change by the second. What waits for a person does not. */
export function isAtWork({ phase }: { phase: StatusPhase }): boolean {
  return isPhaseAtWork(phase);
}

/** Whether the backend gave what it knew, and is about to know what is. */
export function isBeingRead({ asOf, failure }: Freshness = {}): boolean {
  return asOf !== undefined && !failure;
}

/** How long to wait before asking again for what the record tells, ms; not at all where its changes are told. */
export function recordInterval(data: Freshness | undefined, isLive: boolean): number | false {
  if (isBeingRead(data)) return LIVE_INTERVAL_MS;
  return isLive && data ? false : IDLE_INTERVAL_MS;
}

/** How long to wait before asking again, ms: slower as long as nothing changes. */
export function pace({ data, dataUpdateCount }: Paced<object>): number {
  if (!data) return LIVE_INTERVAL_MS;
  // An answer that is equal to the one before is the same object: the query client shares what did not change.
  const first = broughtBy.get(data) ?? dataUpdateCount;
  broughtBy.set(data, first);
  return PACE_MS[Math.min(dataUpdateCount - first, PACE_MS.length - 1)];
}
