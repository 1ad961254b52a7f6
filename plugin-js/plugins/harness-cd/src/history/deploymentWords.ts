import type { Deployment } from 'backstage-plugin-harness-cd-common';
import { placeName } from '../shared/place';

function placeOf({ environment, environmentName, region, stage, stageName }: Deployment): string {
  const called = environmentName ?? environment;
  return called === undefined ? (stageName ?? stage) : placeName({ environment: called, region });
}

/** What a deployment is called: its tag and place, or its run and stage while Harness has not resolved those yet. */
export function deploymentWords(deployment: Deployment): { tag: string; place: string } {
  const run = deployment.runNumber === undefined ? deployment.executionId : `#${deployment.runNumber}`;
  return { tag: deployment.imageTag ?? run, place: placeOf(deployment) };
}
