import { isDeepStrictEqual } from 'node:util';
import type {
  Deployment,
  DeploymentsQuery,
  DeploymentsResponse,
  PipelineRef,
} from 'backstage-plugin-harness-cd-common';
import {
  failureBody,
  isHarnessFailure,
  LastKnown,
  slowerWhileUnchanged,
  type HarnessCdService,
  type HarnessFailure,
} from 'backstage-plugin-harness-cd-node';
import type { DeploymentStore } from '../store/DeploymentStore';

const MAX_PAGES = 500;

/**
 * Deployments from Harness, or the last known ones while Harness cannot be asked.
 *
 * Harness is asked once for all who look at the same page within 2 to 5 s; the store is the memory beyond that.
 */
export class DeploymentHistory {
  readonly #pages = new LastKnown<{ pipeline: PipelineRef; query: DeploymentsQuery }, DeploymentsResponse>({
    read: ({ pipeline, query }) => this.#read(pipeline, query),
    freshFor: slowerWhileUnchanged({ minMs: 2_000, maxMs: 5_000 }),
    max: MAX_PAGES,
  });

  constructor(
    private readonly harnessCd: HarnessCdService,
    private readonly store: DeploymentStore,
  ) {}

  /** A page of a pipeline's deployments. */
  async page(pipeline: PipelineRef, query: DeploymentsQuery): Promise<DeploymentsResponse> {
    return (await this.#pages.ask({ pipeline, query })).value;
  }

  /** Something happened to a pipeline's deployments: they are read again when next asked for. */
  forget(pipeline: PipelineRef): void {
    this.#pages.forget(question => isDeepStrictEqual(question.pipeline, pipeline));
  }

  async #read(pipeline: PipelineRef, query: DeploymentsQuery): Promise<DeploymentsResponse> {
    try {
      return await this.#fromHarness(pipeline, query);
    } catch (error) {
      if (!isHarnessFailure(error)) throw error;
      return this.#lastKnown(pipeline, query, error);
    }
  }

  async #fromHarness(pipeline: PipelineRef, query: DeploymentsQuery): Promise<DeploymentsResponse> {
    const { page, pageSize, environment, status } = query;
    const { deployments, totalExecutions } = await this.harnessCd.listDeployments(pipeline, {
      pipelines: [pipeline.pipeline],
      environments: environment ? [environment] : [],
      statuses: status ?? [],
      page,
      size: pageSize,
    });
    await this.store.recordSuccess(pipeline, deployments, Date.now());
    return { deployments: deployments.filter(matches(query)), page, pageSize, totalExecutions };
  }

  async #lastKnown(
    pipeline: PipelineRef,
    query: DeploymentsQuery,
    failure: HarnessFailure,
  ): Promise<DeploymentsResponse> {
    const { page, pageSize, environment, status = [] } = query;
    const now = Date.now();
    const { succeededAt, failingSince = now } = await this.store.recordFailure(pipeline, now);
    const { deployments, totalExecutions } = await this.store.list({
      pipeline,
      environment,
      statuses: status,
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

// Harness chooses executions; one that has a stage of the wanted kind may have others beside it.
function matches({ environment, status = [] }: DeploymentsQuery): (deployment: Deployment) => boolean {
  return deployment =>
    (!environment || deployment.environment === environment) &&
    (status.length === 0 || status.includes(deployment.status));
}
