import { isTerminal, type Deployment } from 'backstage-plugin-harness-cd-common';
import { useDeployments } from '../shared/useDeployments';
import type { DeployFormState } from './useDeployForm';

const NONE: Deployment[] = [];

/** What runs, or waits, where the form is about to deploy to. Of a run whose region is not known yet it may be this one. */
export function useOtherRuns({ environment, draft: { region } }: DeployFormState): Deployment[] {
  const deployments = useDeployments().data?.deployments ?? NONE;
  if (!environment || !region) return NONE;
  return deployments.filter(
    other =>
      !isTerminal(other.phase) &&
      other.environment === environment.identifier &&
      (other.region === undefined || other.region === region),
  );
}
