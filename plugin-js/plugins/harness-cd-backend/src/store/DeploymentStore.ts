import type { Deployment, PipelineRef } from 'backstage-plugin-harness-cd-common';

/** Which of a pipeline's deployments. */
export interface StoredDeploymentsQuery {
  pipeline: PipelineRef;
  /** An environment's identifier. */
  environment?: string;
  /** A region, or an infrastructure definition where none can be read off it. */
  region?: string;
  /** Words that a row has all of, or `#` and the number of its run. */
  text?: string;
  /** Any of these; empty for all. */
  statuses: string[];
  /** Identifiers of services, of which each row has one or none; empty for all. */
  services: string[];
  /** From 0. */
  page: number;
  /** Executions in a page, as Harness counts. */
  pageSize: number;
}

/** The record of what ran. */
export interface DeploymentStore {
  /** Deployments, newest execution first, the stages of one in their order. What Harness has deleted is not among them. */
  list(query: StoredDeploymentsQuery): Promise<{ deployments: Deployment[]; totalExecutions: number }>;
  /** All deployments of a pipeline, or of some of its services, as their JSON texts. */
  listPayloads(
    query: Pick<StoredDeploymentsQuery, 'pipeline' | 'services'>,
  ): Promise<{ executionId: string; payload: string }[]>;
  /** A number that is raised with every change of a pipeline's deployments; 0 where nothing of it is known. */
  revisionOf(pipeline: PipelineRef): Promise<number>;
  /** Whether anything of a pipeline is known. */
  has(pipeline: PipelineRef): Promise<boolean>;
  /** Forgets what began before, epoch ms, a few at a time. */
  prune(before: number): Promise<void>;
}
