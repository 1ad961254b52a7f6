import { type Violation, VIOLATIONS_ABOUT_TIME } from 'backstage-plugin-harness-cd-common';

/** Whether a violation is about when, not about what was filled in. */
export function isAboutTime({ code }: Violation): boolean {
  return VIOLATIONS_ABOUT_TIME.includes(code);
}

/** The violations, each of them once. */
export function withoutDoubles(violations: Violation[]): Violation[] {
  const seen = new Map(violations.map(violation => [`${violation.code} ${violation.path}`, violation]));
  return [...seen.values()];
}
