import { setTimeout as wait } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import {
  type Deployment,
  type DeploymentsQuery,
  type DeploymentsResponse,
  type ExecutionQuery,
  type FailureCode,
  MAX_PAGE_SIZE,
  type PipelineRef,
} from 'backstage-plugin-harness-cd-common';
import {
  type ChosenPipeline,
  failureBody,
  isHarnessFailure,
  LastKnown,
  slowerWhileUnchanged,
  type HarnessCdService,
  type HarnessFailure,
} from 'backstage-plugin-harness-cd-node';
import { keyOf } from '../store/columns';
import type { DeploymentStore } from '../store/DeploymentStore';
import type { StartStore } from '../store/StartStore';
import { holds } from './holds';
import { startedRow, withStart } from './startedRow';

const MAX_PAGES = 500;
/** Executions among which a filter looks for itself. */
const NEWEST = MAX_PAGE_SIZE;
/** So long after its start a run that Harness does not list yet is shown all the same. */
const UNLISTED_FOR_MS = 2 * 60_000;
/**
 * So long the page waits for what it could do without: to be read again where it is known, which takes up to 18 s in an
 * outage, and for how far such a run is.
 */
const PATIENCE_MS = 1_000;

/** What keeps Harness from answering to anything on a key. */
const OF_ACCOUNT: readonly FailureCode[] = ['UNAVAILABLE', 'TIMEOUT', 'RATE_LIMITED', 'UNAUTHORIZED'];

/** What of an answer is shown: of that Harness knows nothing, and is asked nothing. */
type View = Pick<DeploymentsQuery, 'region' | 'text' | 'runs'>;

/** What Harness is asked for, whatever of it is shown; with services, deployments of theirs alone. */
type HistoryQuery = Omit<DeploymentsQuery, keyof View> & { services: string[] };

/**
 * Deployments from Harness, or the last known ones while Harness cannot be asked.
 *
 * Harness is asked once for all who look at the same page within 2 to 5 s; the store is the memory beyond that.
 */
export class DeploymentHistory {
  readonly #pages = new LastKnown<{ pipeline: PipelineRef; query: HistoryQuery }, DeploymentsResponse>({
    read: ({ pipeline, query }) => this.#read(pipeline, query),
    freshFor: slowerWhileUnchanged({ minMs: 2_000, maxMs: 5_000 }),
    max: MAX_PAGES,
    patienceMs: PATIENCE_MS,
  });

  constructor(
    private readonly harnessCd: HarnessCdService,
    private readonly store: DeploymentStore,
    private readonly starts: StartStore,
  ) {}

  /** A page of the deployments of an entity's pipeline: those of its services, where others have theirs by it as well. */
  async page(target: ChosenPipeline, { region, text, runs, ...query }: DeploymentsQuery): Promise<DeploymentsResponse> {
    const { pipeline } = target;
    const services = await this.#ownServices(target);
    const { value, asOf } = await this.#pages.ask({ pipeline, query: { ...query, services } });
    // What the store remembers is of another time than the answer that holds it.
    return shown(asOf === undefined ? value : { asOf, ...value }, { region, text, runs });
  }

  /** Something happened to a pipeline's deployments: they are read again when next asked for. */
  forget(pipeline: PipelineRef): void {
    this.#pages.forget(question => isDeepStrictEqual(keyOf(question.pipeline), keyOf(pipeline)));
  }

  /** The services whose deployments alone are the entity's: those that the pipeline is known to deploy. */
  async #ownServices({ pipeline, services, isFound }: ChosenPipeline): Promise<string[]> {
    if (isFound || services.length === 0) return services;
    const isDeployed = services.map(async service => {
      const deployers = await this.harnessCd.pipelinesThatDeployed(pipeline, service).catch(() => []);
      return deployers.some(deployer => deployer.pipeline === pipeline.pipeline);
    });
    const patience = wait(PATIENCE_MS, undefined, { ref: false });
    const isOwn = await Promise.race([Promise.all(isDeployed), patience]);
    return services.filter((_, index) => isOwn?.[index]);
  }

  async #read(pipeline: PipelineRef, query: HistoryQuery): Promise<DeploymentsResponse> {
    const answer = await this.#fromHarness(pipeline, query).catch(error => {
      // That the question is wrong is no outage.
      if (!isHarnessFailure(error) || error.code === 'INVALID_REQUEST') throw error;
      return this.#lastKnown(pipeline, query, error);
    });
    return this.#withStarts(pipeline, query, answer);
  }

  /** With what was started from here: what Harness does not list yet on the first page, and who started it on each. */
  async #withStarts(
    pipeline: PipelineRef,
    query: HistoryQuery,
    answer: DeploymentsResponse,
  ): Promise<DeploymentsResponse> {
    const unlisted = query.page === 0 ? (await this.#unlisted(pipeline)).filter(matches(query)) : [];
    const ids = new Set(answer.deployments.map(({ executionId }) => executionId));
    const starters = await this.starts.startersOf(pipeline, [...ids]);
    const listed = answer.deployments.map(row => withStart(row, starters.get(row.executionId)));
    const { totalExecutions: total } = answer;
    return {
      ...answer,
      deployments: [...unlisted, ...listed],
      totalExecutions: total === undefined ? undefined : total + unlisted.length,
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

  async #fromHarness(pipeline: PipelineRef, query: HistoryQuery): Promise<DeploymentsResponse> {
    const { page, pageSize, environment, status = [], services } = query;
    const environments = environment ? [environment] : [];
    const list = (more: ExecutionQuery) =>
      this.harnessCd.listDeployments(pipeline, { pipelines: [pipeline.pipeline], ...more }, { allRuns: true });
    const isFiltered = environments.length > 0 || status.length > 0 || services.length > 0;
    const [chosen, newest] = await Promise.all([
      list({ services, environments, statuses: status, page, size: pageSize }),
      // Harness knows a run's services and environments by the stages that have begun, and one status for all of them:
      // what waits for an environment, or was refused it, is looked for among the newest. The first page shows all of
      // these, also those that Harness tells on a later one.
      isFiltered ? list({ page: 0, size: NEWEST }) : undefined,
    ]);
    const read = [...chosen.deployments, ...(newest?.deployments ?? [])];
    await this.store.recordSuccess(pipeline, read, Date.now());
    const deployments = chosen.deployments.filter(matches(query));
    const isOwn = ({ service }: Deployment) => services.length === 0 || (!!service && services.includes(service));
    const others = newest?.deployments.filter(isOwn).filter(deploys).filter(matches(query)) ?? [];
    return {
      deployments:
        page === 0 ? [...deployments, ...without(deployments, others)].sort(newestFirst) : without(others, deployments),
      page,
      pageSize,
      totalExecutions: chosen.totalExecutions,
    };
  }

  async #lastKnown(pipeline: PipelineRef, query: HistoryQuery, failure: HarnessFailure): Promise<DeploymentsResponse> {
    const { page, pageSize, environment, status = [], services } = query;
    const now = Date.now();
    const { succeededAt, failingSince = now } = await this.store.recordFailure(pipeline, now, {
      ofAccount: OF_ACCOUNT.includes(failure.code),
    });
    const { deployments, totalExecutions } = await this.store.list({
      pipeline,
      environment,
      statuses: status,
      services,
      page,
      pageSize,
    });
    return {
      deployments,
      page,
      pageSize,
      totalExecutions,
      asOf: succeededAt,
      failure: failureBody(failure, failingSince),
    };
  }
}

// Harness chooses executions; one that has a stage of the wanted kind may have others beside it. A stage that has not
// begun has no service yet.
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

/** Those of the others that are not among some. */
function without(some: Deployment[], others: Deployment[]): Deployment[] {
  const ids = new Set(some.map(({ id }) => id));
  return others.filter(({ id }) => !ids.has(id));
}

/** What has not begun is newer than all that has. The order of equals stays. */
function newestFirst(one: Deployment, other: Deployment): number {
  const begin = ({ runStartedAt, startedAt }: Deployment) => runStartedAt ?? startedAt ?? Infinity;
  const [first, second] = [begin(one), begin(other)];
  return first === second ? 0 : second - first;
}
