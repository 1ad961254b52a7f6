import { isTerminal, type Deployment } from 'backstage-plugin-harness-cd-common';

/** So many rows has a card, where no more run. */
export const RECENT = 5;

/** Everything that runs or waits, then what ended last: at least as many as running, at most five otherwise. */
export function recent(deployments: Deployment[]): Deployment[] {
  const running = deployments.filter(deployment => !isTerminal(deployment.phase));
  const ended = deployments.filter(deployment => isTerminal(deployment.phase));
  return [...running, ...ended].slice(0, Math.max(RECENT, running.length));
}
