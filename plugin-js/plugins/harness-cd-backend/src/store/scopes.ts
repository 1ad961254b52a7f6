import type { HarnessScope } from 'backstage-plugin-harness-cd-common';
import { scopeOf } from './columns';

/** A text that a project, or something of it, alone has. */
export function scopeKey({ account, org, project }: HarnessScope, ...of: string[]): string {
  return JSON.stringify([account, org, project, ...of]);
}

/** What is of each project, by the key of that. */
export function scopesOf<T extends HarnessScope>(all: T[]): Map<string, [HarnessScope, T[]]>;
export function scopesOf<T>(all: T[], scopeOfOne: (one: T) => HarnessScope): Map<string, [HarnessScope, T[]]>;
export function scopesOf<T>(
  all: T[],
  scopeOfOne: (one: T) => HarnessScope = one => one as HarnessScope,
): Map<string, [HarnessScope, T[]]> {
  const found = new Map<string, [HarnessScope, T[]]>();
  for (const one of all) {
    const scope = scopeOf(scopeOfOne(one));
    const key = scopeKey(scope);
    const known = found.get(key) ?? [scope, []];
    known[1].push(one);
    found.set(key, known);
  }
  return found;
}
