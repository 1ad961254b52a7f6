import type { Deployment, ExecutionProgress } from 'backstage-plugin-harness-cd-common';
import type { Start } from '../store/StartStore';

/**
 * A run that was started from here, as a row of the history, for as long as Harness's list does not have it. Without
 * progress it has the status that Harness answered the start with.
 */
export function startedRow(start: Start, progress: ExecutionProgress | undefined): Deployment | undefined {
  const { asked, createdAt, outcome, pipeline, sentAt, startedBy } = start;
  if (outcome?.kind !== 'started') return undefined;
  const { executionId, status, url } = outcome;
  return {
    id: `${executionId}/`,
    executionId,
    pipeline: pipeline.pipeline,
    stage: '',
    status: progress?.status ?? status,
    phase: progress?.phase ?? 'active',
    service: asked.serviceIdentifier,
    serviceName: asked.service,
    environment: asked.environmentIdentifier,
    environmentName: asked.environment,
    environmentType: asked.environmentType,
    region: asked.region,
    imageTag: asked.imageTag,
    version: asked.imageTag,
    runCreatedAt: createdAt,
    startedAt: progress?.startedAt ?? sentAt,
    endedAt: progress?.endedAt,
    startedBy,
    failure: progress?.failure?.split('\n', 1)[0],
    isRollback: false,
    links: { execution: url, pipeline: new URL('../..', url).href },
  };
}

/**
 * A row of a run that was started from here, with who did so. Before its first deployment Harness says nothing of what it
 * brings: it is then what was asked for.
 */
export function withStart(row: Deployment, start: Pick<Start, 'startedBy' | 'asked'> | undefined): Deployment {
  if (!start) return row;
  const { startedBy, asked } = start;
  // One that went through without deploying brought nothing.
  const isUntold = row.wholeRun === true && row.phase !== 'succeeded' && row.version === undefined;
  return {
    ...row,
    startedBy,
    ...(isUntold && asked.imageTag ? { imageTag: asked.imageTag, version: asked.imageTag } : {}),
  };
}
