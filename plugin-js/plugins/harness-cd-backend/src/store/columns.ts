import type { PipelineRef } from 'backstage-plugin-harness-cd-common';

export const DEPLOYMENTS = 'harness_cd_deployments';
export const STARTS = 'harness_cd_starts';

/** The columns that say which pipeline a row is of. */
export const PIPELINE = ['account', 'org', 'project', 'pipeline'] as const;

/** Those columns, and nothing else that the reference may have beside them. */
export function keyOf({ account, org, project, pipeline }: Pick<PipelineRef, (typeof PIPELINE)[number]>): PipelineRef {
  return { account, org, project, pipeline };
}

/** PostgreSQL's driver hands a bigint out as text. */
export function milliseconds(column: number | string | null): number | undefined {
  return column === null ? undefined : Number(column);
}
