import type { MetricsGroup } from 'backstage-plugin-harness-cd-common';

const WEEK_MS = 7 * 24 * 60 * 60_000;

/** What was deployed in a week. */
export interface Week {
  /** Its Monday, 00:00 UTC, epoch ms. */
  monday: number;
  succeeded: number;
  failed: number;
}

/** The weeks from the first in which anything was deployed to the last; those without are among them. */
export function weeksOf(groups: MetricsGroup[]): Week[] {
  const known = new Map(groups.map(group => [group.key.weekMs, group]));
  const mondays = groups.flatMap(({ key, deployments }) =>
    deployments > 0 && key.weekMs !== undefined ? key.weekMs : [],
  );
  const [first, last] = [Math.min(...mondays), Math.max(...mondays)];
  const weeks: Week[] = [];
  for (let monday = first; monday <= last; monday += WEEK_MS) {
    const { succeeded = 0, failed = 0 } = known.get(monday) ?? {};
    weeks.push({ monday, succeeded, failed });
  }
  return weeks;
}
