import type { Deployment } from 'backstage-plugin-harness-cd-common';
import { placeName } from './place';
import type { Timed } from './time/RunTime';

/** What a deployment brings, as far as it is known. A run that Harness does not list yet has nothing but its tag. */
export function versionOf({ version, imageTag }: Deployment): string | undefined {
  return version ?? imageTag;
}

/** A version as a line can hold it: of a digest the beginning, which tells it from others. */
export function shortVersion(version: string): string {
  return version.replace(/^(\w+:[0-9a-f]{12})[0-9a-f]{20,}$/, '$1…');
}

function placeOf({
  environment,
  environmentName,
  region,
  stage,
  stageName,
  pipeline,
  pipelineName,
}: Deployment): string {
  const called = environmentName ?? environment;
  if (called !== undefined) return placeName({ environment: called, region });
  // A run of which no stage has deployed, or that Harness does not list yet, has no stage.
  return stageName || stage || (pipelineName ?? pipeline);
}

/** What a deployment is called: its version and place, or its run and stage while Harness has not resolved those yet. */
export function deploymentWords(deployment: Deployment): { tag: string; place: string } {
  const run = deployment.runNumber === undefined ? deployment.executionId : `#${deployment.runNumber}`;
  return { tag: shortVersion(versionOf(deployment) ?? run), place: placeOf(deployment) };
}

/** When a deployment began and ended; one that has not begun is queued since its run was asked for. */
export function timesOf({ phase, startedAt, endedAt, runCreatedAt }: Deployment): Timed {
  return { phase, startedAt: startedAt ?? (phase === 'queued' ? runCreatedAt : undefined), endedAt };
}

/** The same of the whole run, as far as a row of the history knows it. */
export function timesOfRun({ runCreatedAt, runStartedAt, runEndedAt }: Deployment): Timed {
  return {
    phase: runStartedAt === undefined ? 'queued' : 'active',
    startedAt: runStartedAt ?? runCreatedAt,
    endedAt: runEndedAt,
  };
}
