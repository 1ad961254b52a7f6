import type { ExecutionProgress, HarnessScope, PipelineRef } from 'backstage-plugin-harness-cd-common';
import { harnessFailure } from 'backstage-plugin-harness-cd-node';
import type { RunFollower, ShownRun } from '../tasks/RunFollower';

/** Who reads executions, and follows those that are shown. */
type Follower = Pick<RunFollower, 'read' | 'follow'>;

/** How far one execution of a pipeline is. Whoever sees one entity does not see the executions of every other. */
export async function readExecution(
  executionId: string,
  ref: PipelineRef,
  follower: Follower,
): Promise<ExecutionProgress> {
  const progress = await follower.read(ref, executionId);
  if (isExecutionOf(progress, ref)) return shown({ scope: ref, id: executionId, pipeline: ref }, progress, follower);
  throw harnessFailure('NOT_FOUND', `${executionId} is no execution of the pipeline ${ref.pipeline}.`);
}

/**
 * How far an execution is that a stage of another one has started. Whoever sees a run sees the runs that it consists of,
 * whosever pipelines they are: a run that the other has not started is none of them.
 */
export async function readChildExecution(
  { parent, child }: { parent: string; child: string },
  ref: PipelineRef,
  follower: Follower,
): Promise<ExecutionProgress> {
  const { stages } = await readExecution(parent, ref, follower);
  const started = stages.find(stage => stage.child?.executionId === child)?.child;
  if (!started) throw harnessFailure('NOT_FOUND', `No stage of ${parent} has started ${child}.`);
  const { account, org, project } = ref;
  const scope: HarnessScope = { account, org: started.org ?? org, project: started.project ?? project };
  return shown({ scope, id: child, pipeline: ref }, await follower.read(scope, child), follower);
}

/**
 * A run as pages show it, which are told from now on when it goes on; without what the steps put out, which no page shows:
 * whoever wrote a script may not have thought of its readers.
 */
function shown(run: ShownRun, progress: ExecutionProgress, follower: Follower): ExecutionProgress {
  follower.follow(run, progress);
  return { ...progress, outputVariables: undefined };
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
