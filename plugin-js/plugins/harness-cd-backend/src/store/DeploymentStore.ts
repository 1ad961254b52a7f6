import type { Deployment, PipelineRef } from 'backstage-plugin-harness-cd-common';

/** Which of a pipeline's last known deployments. */
export interface StoredDeploymentsQuery {
  pipeline: PipelineRef;
  /** An environment's identifier. */
  environment?: string;
  /** Any of these; empty for all. */
  statuses: string[];
  /** Identifiers of services, of which each row has one or none; empty for all. */
  services: string[];
  /** From 0. */
  page: number;
  /** Executions in a page, as Harness counts. */
  pageSize: number;
}

/** How asking Harness for a pipeline's deployments went. Epoch ms. */
export interface PipelineSync {
  /** The last time it went well. */
  succeededAt?: number;
  /** Since when it has failed; absent while it goes well. */
  failingSince?: number;
}

/** Remembers deployments for the time when Harness cannot be asked. */
export interface DeploymentStore {
  /** Harness answered: keeps the deployments and that it went well. */
  recordSuccess(pipeline: PipelineRef, deployments: Deployment[], at: number): Promise<void>;
  /**
   * Harness could not be asked: keeps since when. What goes for all of the account began with the first pipeline that
   * failed so, and ended when any of them was answered.
   */
  recordFailure(pipeline: PipelineRef, at: number, options?: { ofAccount: boolean }): Promise<PipelineSync>;
  /** The last known deployments, newest execution first, the stages of one in the order of their start. */
  list(query: StoredDeploymentsQuery): Promise<{ deployments: Deployment[]; totalExecutions: number }>;
  /** Forgets what was read from Harness before. */
  prune(before: number): Promise<void>;
}
