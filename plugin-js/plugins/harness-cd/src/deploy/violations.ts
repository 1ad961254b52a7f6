import type { Violation } from 'backstage-plugin-harness-cd-common';

/** Whether a violation is about when, not about what was filled in. */
export function isAboutTime({ code }: Violation): boolean {
  return code === 'CHANGE_WINDOW_CLOSED' || code === 'TIME_ZONE_UNKNOWN';
}

/** The violations, each of them once. */
export function withoutDoubles(violations: Violation[]): Violation[] {
  const seen = new Map(violations.map(violation => [`${violation.code} ${violation.path}`, violation]));
  return [...seen.values()];
}
