import type { ExecutionProgress, PipelineRef } from 'backstage-plugin-harness-cd-common';

/**
 * Whether an execution is one of a pipeline: another project may have a pipeline of the same identifier. Where Harness
 * does not name the project, it is the one that was asked.
 */
export function isExecutionOf(
  { org, project, pipeline }: Pick<ExecutionProgress, 'org' | 'project' | 'pipeline'>,
  wanted: PipelineRef,
): boolean {
  return (
    pipeline === wanted.pipeline && (org ?? wanted.org) === wanted.org && (project ?? wanted.project) === wanted.project
  );
}
