const DAY_MS = 24 * 60 * 60_000;
/** So many days metrics are told of where nothing is said. */
const DAYS = 90;

/** The period that metrics are told of. */
export function periodOf({ fromMs, toMs = Date.now() }: { fromMs?: number; toMs?: number }): {
  fromMs: number;
  toMs: number;
} {
  return { fromMs: fromMs ?? toMs - DAYS * DAY_MS, toMs };
}
