import { type Violation, VIOLATIONS_ABOUT_TIME } from 'backstage-plugin-harness-cd-common';

/** Whether a violation is about when, not about what was filled in. */
export function isAboutTime({ code }: Violation): boolean {
  return VIOLATIONS_ABOUT_TIME.includes(code);
}

/** One place may have several faults; the time of a closed window is told anew with every check. */
function keyOf(violation: Violation): string {
  const { code, path, message } = violation;
  return `${code} ${path} ${isAboutTime(violation) ? '' : message}`;
}

/** The violations, each of them once. */
export function withoutDoubles(violations: Violation[]): Violation[] {
  const seen = new Map(violations.map(violation => [keyOf(violation), violation]));
  return [...seen.values()];
}
