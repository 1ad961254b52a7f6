import { setTimeout as wait } from 'node:timers/promises';
import type {
  Deployment,
  DeploymentsQuery,
  DeploymentsResponse,
  PipelineRef,
} from 'backstage-plugin-harness-cd-common';
import type { ChosenPipeline, HarnessCdService } from 'backstage-plugin-harness-cd-node';
import type { DeploymentStore } from '../store/DeploymentStore';
import type { StartStore } from '../store/StartStore';
import type { DeploymentSync } from '../tasks/DeploymentSync';
import { lookAt } from './lookAt';
import { startedRow, withStart } from './startedRow';

/** So long after its start a run that Harness does not list yet is shown all the same. */
const UNLISTED_FOR_MS = 2 * 60_000;
/** So long the page waits for how far such a run is. */
const PATIENCE_MS = 1_000;

/** Which executions are chosen; with services, deployments of theirs alone. */
type HistoryQuery = Omit<DeploymentsQuery, 'runs'> & { services: string[] };

/** Deployments from the record of what ran, which a look brings up to date, and which stands while Harness cannot be asked. */
export class DeploymentHistory {
  constructor(
    private readonly harnessCd: HarnessCdService,
    private readonly store: DeploymentStore,
    private readonly starts: StartStore,
    private readonly sync: Pick<DeploymentSync, 'look'>,
  ) {}

  /** A page of the deployments of an entity's pipeline: those of its services, where others have theirs by it as well. */
  async page(target: ChosenPipeline, { runs, ...query }: DeploymentsQuery): Promise<DeploymentsResponse> {
    const { services, freshness } = await lookAt(target, { harnessCd: this.harnessCd, sync: this.sync });
    const answer = await this.#list(target.pipeline, { ...query, services });
    return shown({ ...answer, ...freshness }, runs);
  }

  /** With what was started from here: what Harness does not list yet on the first page, and who started it on each. */
  async #list(pipeline: PipelineRef, query: HistoryQuery): Promise<DeploymentsResponse> {
    const { status: statuses = [], ...chosen } = query;
    const { page, pageSize } = query;
    const listed = await this.store.list({ pipeline, statuses, ...chosen });
    const unlisted = page === 0 ? (await this.#unlisted(pipeline)).filter(matches(query)) : [];
    const ids = new Set(listed.deployments.map(({ executionId }) => executionId));
    const starters = await this.starts.startersOf(pipeline, [...ids]);
    const deployments = listed.deployments.map(row => withStart(row, starters.get(row.executionId)));
    return {
      deployments: [...unlisted, ...deployments],
      page,
      pageSize,
      totalExecutions: listed.totalExecutions + unlisted.length,
    };
  }

  async #unlisted(pipeline: PipelineRef): Promise<Deployment[]> {
    const starts = await this.starts.listUnlisted(pipeline, Date.now() - UNLISTED_FOR_MS);
    const rows = starts.map(async start => {
      const id = start.outcome?.kind === 'started' ? start.outcome.executionId : '';
      // Harness may not be able to tell it yet either; those who follow the run ask the same.
      const progress = this.harnessCd.getExecution(pipeline, id).catch(() => undefined);
      return startedRow(start, await Promise.race([progress, wait(PATIENCE_MS, undefined, { ref: false })]));
    });
    return (await Promise.all(rows)).filter(row => row !== undefined);
  }
}

/**
 * Whether a run that was started from here is among those that are asked for; before its first stage it has no service.
 * It is sought by words when Harness lists it, seconds later.
 */
function matches({
  environment,
  region,
  status = [],
  services,
  text,
}: HistoryQuery): (deployment: Deployment) => boolean {
  return deployment =>
    !text &&
    (services.length === 0 || !deployment.service || services.includes(deployment.service)) &&
    (!environment || deployment.environment === environment) &&
    (!region || deployment.region === region) &&
    (status.length === 0 || status.includes(deployment.status));
}

/** Whether a row is of a run that deploys, or is or was to: not of one that succeeded without. */
function deploys({ wholeRun, phase }: Deployment): boolean {
  return !(wholeRun && phase === 'succeeded');
}

/** What of an answer with all runs is shown; those that deployed nothing are counted in any case. */
function shown(answer: DeploymentsResponse, runs: DeploymentsQuery['runs']): DeploymentsResponse {
  const deploying = answer.deployments.filter(deploys);
  const ranWithoutDeploying = answer.deployments.length - deploying.length;
  return {
    ...answer,
    deployments: runs === 'all' ? answer.deployments : deploying,
    ...(ranWithoutDeploying > 0 ? { ranWithoutDeploying } : {}),
  };
}
