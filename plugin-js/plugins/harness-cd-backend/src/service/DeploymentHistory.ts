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
import { holds } from './holds';
import { lookAt } from './lookAt';
import { startedRow, withStart } from './startedRow';

/** So long after its start a run that Harness does not list yet is shown all the same. */
const UNLISTED_FOR_MS = 2 * 60_000;
/** So long the page waits for how far such a run is. */
const PATIENCE_MS = 1_000;

/** What of an answer is shown, of those that the record chooses. */
type View = Pick<DeploymentsQuery, 'region' | 'text' | 'runs'>;

/** Which executions are chosen, whatever of them is shown; with services, deployments of theirs alone. */
type HistoryQuery = Omit<DeploymentsQuery, keyof View> & { services: string[] };

/** Deployments from the record of what ran, which a look brings up to date, and which stands while Harness cannot be asked. */
export class DeploymentHistory {
  constructor(
    private readonly harnessCd: HarnessCdService,
    private readonly store: DeploymentStore,
    private readonly starts: StartStore,
    private readonly sync: Pick<DeploymentSync, 'look'>,
  ) {}

  /** A page of the deployments of an entity's pipeline: those of its services, where others have theirs by it as well. */
  async page(target: ChosenPipeline, { region, text, runs, ...query }: DeploymentsQuery): Promise<DeploymentsResponse> {
    const { services, freshness } = await lookAt(target, { harnessCd: this.harnessCd, sync: this.sync });
    const answer = await this.#list(target.pipeline, { ...query, services });
    return shown({ ...answer, ...freshness }, { region, text, runs });
  }

  /** With what was started from here: what Harness does not list yet on the first page, and who started it on each. */
  async #list(pipeline: PipelineRef, query: HistoryQuery): Promise<DeploymentsResponse> {
    const { page, pageSize, environment, status: statuses = [], services } = query;
    const listed = await this.store.list({ pipeline, environment, statuses, services, page, pageSize });
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

/** Whether a run that was started from here is among those that are asked for; before its first stage it has no service. */
function matches({ environment, status = [], services }: HistoryQuery): (deployment: Deployment) => boolean {
  return deployment =>
    (services.length === 0 || !deployment.service || services.includes(deployment.service)) &&
    (!environment || deployment.environment === environment) &&
    (status.length === 0 || status.includes(deployment.status));
}

/** Whether a row is of a run that deploys, or is or was to: not of one that succeeded without. */
function deploys({ wholeRun, phase }: Deployment): boolean {
  return !(wholeRun && phase === 'succeeded');
}

/** What of an answer with all runs is shown; those that deployed nothing are counted in any case. */
function shown(answer: DeploymentsResponse, { region, text, runs }: View): DeploymentsResponse {
  const wanted = answer.deployments.filter(row => (!region || row.region === region) && holds(row, text));
  const deploying = wanted.filter(deploys);
  const ranWithoutDeploying = wanted.length - deploying.length;
  return {
    ...answer,
    deployments: runs === 'all' ? wanted : deploying,
    ...(ranWithoutDeploying > 0 ? { ranWithoutDeploying } : {}),
  };
}
