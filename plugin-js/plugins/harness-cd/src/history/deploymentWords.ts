import type { Deployment } from 'backstage-plugin-harness-cd-common';
import { placeName } from '../shared/place';

function placeOf({ environment, environmentName, region, stage, stageName, pipeline }: Deployment): string {
  const called = environmentName ?? environment;
  if (called !== undefined) return placeName({ environment: called, region });
  // A run that Harness does not list yet has no stage.
  return stageName || stage || pipeline;
}

/** What a deployment is called: its tag and place, or its run and stage while Harness has not resolved those yet. */
export function deploymentWords(deployment: Deployment): { tag: string; place: string } {
  const run = deployment.runNumber === undefined ? deployment.executionId : `#${deployment.runNumber}`;
  return { tag: deployment.imageTag ?? run, place: placeOf(deployment) };
}

/** The first line of a reason: the rest stands in the details. */
export function firstLineOf(reason: string | undefined): string | undefined {
  return reason?.trim().split('\n')[0] || undefined;
}
