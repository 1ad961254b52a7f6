import {
  isTerminal,
  type Deployment,
  type ExecutionProgress,
  type ExecutionStage,
  type StatusGroup,
} from 'backstage-plugin-harness-cd-common';

export { isTerminal };

/** A choice of the status filter. */
export type StatusFilter = StatusGroup;

/** The choices of the status filter, in the order in which they are offered. */
export const STATUS_FILTERS: readonly StatusFilter[] = ['running', 'waiting', 'succeeded', 'failed'];

/** Whether a text, for example out of the address bar, is a choice of the status filter. */
export function isStatusFilter(text: string | null): text is StatusFilter {
  return STATUS_FILTERS.some(filter => filter === text);
}

/** The stage a run is at: the first that has begun and not ended, or none. */
export function currentStage(progress: ExecutionProgress): ExecutionStage | undefined {
  return progress.stages.find(stage => !isTerminal(stage.phase) && stage.phase !== 'queued');
}

function placeOf({ environment, environmentName, region, stage, stageName }: Deployment): string {
  const where = environmentName ?? environment;
  if (where === undefined) return stageName ?? stage;
  return region === undefined ? where : `${where}/${region}`;
}

/** What a deployment is called: its tag and place, or its run and stage while Harness has not resolved those yet. */
export function deploymentWords(deployment: Deployment): { tag: string; place: string } {
  const run = deployment.runNumber === undefined ? deployment.executionId : `#${deployment.runNumber}`;
  return { tag: deployment.imageTag ?? run, place: placeOf(deployment) };
}
