import type { HarnessScope, PipelineRef } from 'backstage-plugin-harness-cd-common';
import { scopeOf } from './columns';

/** A text that a project, or something of it, alone has. */
export function scopeKey({ account, org, project }: HarnessScope, ...of: string[]): string {
  return JSON.stringify([account, org, project, ...of]);
}

/** A text that one pipeline alone has. */
export function pipelineKey(pipeline: PipelineRef): string {
  return scopeKey(pipeline, pipeline.pipeline);
}

/** What is of each project, by the key of that. */
export function scopesOf<T extends HarnessScope>(all: T[]): Map<string, [HarnessScope, T[]]>;
export function scopesOf<T>(all: T[], scopeOfOne: (one: T) => HarnessScope): Map<string, [HarnessScope, T[]]>;
export function scopesOf<T>(
  all: T[],
  scopeOfOne: (one: T) => HarnessScope = one => one as HarnessScope,
): Map<string, [HarnessScope, T[]]> {
  const groups = Map.groupBy(all, one => scopeKey(scopeOfOne(one)));
  return new Map(Array.from(groups, ([key, own]) => [key, [scopeOf(scopeOfOne(own[0])), own]]));
}
