import type { Entity } from '@backstage/catalog-model';
import type { Deployment } from 'backstage-plugin-harness-cd-common';
import { deployment } from '../src/__testUtils__/InMemoryHarnessCd';
import { paymentService } from '../src/__testUtils__/paymentService';

const MINUTE_MS = 60_000;

/** An ended deployment, by when it began and how long it took. */
function ended(minutesAgo: number, minutes: number, about: Parameters<typeof deployment>[0]): Deployment {
  const startedAt = Date.now() - minutesAgo * MINUTE_MS;
  return deployment({ triggeredBy: 'ana', startedAt, endedAt: startedAt + minutes * MINUTE_MS, ...about });
}

const toProd = { stage: 'deploy_prod', environment: 'prod', environmentName: 'prod' };
const failed = { status: 'Failed', phase: 'failed' } as const;
const waiting = { status: 'ApprovalWaiting', phase: 'waiting' } as const;
const running = { status: 'Running', phase: 'active' } as const;

/** What a catalog knows: a component that is deployed by Harness. */
export const entities = [
  { ...paymentService, spec: { type: 'service', lifecycle: 'production', owner: 'payments-team' } },
] satisfies Entity[];

/** A history with what a reader can meet in one: something that runs, waits, went well and failed. */
export const deployments = [
  deployment({ executionId: 'e9', imageTag: 'v2.4.0', triggeredBy: 'ana', ...running }),
  deployment({ executionId: 'e8', imageTag: 'v2.3.1', triggeredBy: 'ben', ...toProd, ...waiting }),
  ended(90, 4, { executionId: 'e7', imageTag: 'v2.3.1', region: 'euw2' }),
  ended(150, 2, { executionId: 'e6', imageTag: 'v2.3.1-rc.2', ...failed }),
  ...Array.from({ length: 40 }, (_, n) =>
    ended(1_440 * (n + 1), 5, { executionId: `n${n}`, imageTag: `v2.2.${40 - n}` }),
  ),
] satisfies Deployment[];
