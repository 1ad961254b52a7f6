import type { ExecutionProgress, PipelineRef } from 'backstage-plugin-harness-cd-common';
import { harnessFailure, type HarnessCdService } from 'backstage-plugin-harness-cd-node';

/** How far one execution of a pipeline is. Whoever sees one entity does not see the executions of every other. */
export async function readExecution(
  executionId: string,
  ref: PipelineRef,
  harnessCd: HarnessCdService,
): Promise<ExecutionProgress> {
  const progress = await harnessCd.getExecution(ref, executionId);
  if (isExecutionOf(progress, ref)) return progress;
  throw harnessFailure('NOT_FOUND', `${executionId} is no execution of the pipeline ${ref.pipeline}.`);
}

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
