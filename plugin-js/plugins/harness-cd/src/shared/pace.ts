/** How long to wait before asking again, by how often in a row the answer was the same. */
const PACE_MS = [2_000, 3_000, 5_000, 8_000, 10_000];

/** Which update of its query brought an answer. */
const broughtBy = new WeakMap<object, number>();

/** How long to wait before asking again, ms: slower as long as nothing changes. */
export function pace({ data, dataUpdateCount }: { data: object | undefined; dataUpdateCount: number }): number {
  if (!data) return PACE_MS[0];
  // An answer that is equal to the one before is the same object: the query client shares what did not change.
  const first = broughtBy.get(data) ?? dataUpdateCount;
  broughtBy.set(data, first);
  return PACE_MS[Math.min(dataUpdateCount - first, PACE_MS.length - 1)];
}
