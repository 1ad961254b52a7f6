import type { Deployment, DeploymentsResponse } from 'backstage-plugin-harness-cd-common';

// What a newer backend says besides; an older one leaves it out.

/** The catalog entity of the person who started a deployment from a portal, where that is known. */
export function startedByOf(deployment: Deployment & { startedBy?: string }): string | undefined {
  return deployment.startedBy;
}

/** How many runs of a page of the history succeeded without deploying anything. */
export function ranWithoutDeployingOf(response: DeploymentsResponse & { ranWithoutDeploying?: number }): number {
  return response.ranWithoutDeploying ?? 0;
}
