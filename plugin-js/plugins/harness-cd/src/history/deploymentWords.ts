import type { Deployment } from 'backstage-plugin-harness-cd-common';
import { shortVersion, versionOf } from '../shared/deployment';
import { placeName } from '../shared/place';

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
