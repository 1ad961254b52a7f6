import type { HarnessScope, PipelineRef } from 'backstage-plugin-harness-cd-common';

export const DEPLOYMENTS = 'harness_cd_deployments';
export const EVENTS = 'harness_cd_events';
export const EXECUTIONS = 'harness_cd_executions';
export const PIPELINES = 'harness_cd_pipelines';
export const QUARANTINE = 'harness_cd_quarantine';
export const SECRET = 'harness_cd_secret';
export const STARTS = 'harness_cd_starts';
export const SYNCS = 'harness_cd_syncs';

/** The columns that say which project a row is of. */
export const SCOPE = ['account', 'org', 'project'] as const;

/** Those columns, and nothing else that the reference may have beside them. */
export function scopeOf({ account, org, project }: HarnessScope): HarnessScope {
  return { account, org, project };
}

/** The columns that say which pipeline a row is of. */
export const PIPELINE = [...SCOPE, 'pipeline'] as const;

/** Those columns, and nothing else that the reference may have beside them. */
export function keyOf({ account, org, project, pipeline }: Pick<PipelineRef, (typeof PIPELINE)[number]>): PipelineRef {
  return { account, org, project, pipeline };
}

/** PostgreSQL's driver hands a bigint out as text. */
export function milliseconds(column: number | string | null): number | undefined {
  return column === null ? undefined : Number(column);
}

/** The time of what has not begun, by which it is later than all that has; it is below 2^53. */
export const NOT_BEGUN = 9_000_000_000_000_000;
