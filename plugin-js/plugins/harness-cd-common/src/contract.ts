import type { DeployRequest, DeployRules, Deployment, FailureCode, RuntimeInput, Violation } from './generated/types';

/**
 * Why Harness could not be asked.
 *
 * @public
 */
export interface FailureBody {
  /** What kind of failure. */
  code: FailureCode;
  /** What happened. */
  message: string;
  /** What to do about it. */
  hint: string;
  /** Harness's correlation id: its support finds the request by it. */
  correlationId?: string;
  /** Since when it has been so, epoch ms. */
  since: number;
}

/**
 * Which part of a history.
 *
 * @public
 */
export interface DeploymentsQuery {
  /** From 0. */
  page: number;
  /** Executions in a page, 1 to {@link MAX_PAGE_SIZE}. */
  pageSize: number;
  /** An environment's identifier, for example `int_stable`. */
  environment?: string;
  /** Statuses, for example `Failed`; any of them. */
  status?: string[];
}

/**
 * The largest page of a history.
 *
 * @public
 */
export const MAX_PAGE_SIZE = 100;

/**
 * `GET /v1/entities/:kind/:namespace/:name/deployments`
 *
 * @public
 */
export interface DeploymentsResponse {
  /** Newest first. */
  deployments: Deployment[];
  /** From 0. */
  page: number;
  /** Executions in a page. */
  pageSize: number;
  /** Executions in all pages, where Harness says so. */
  totalExecutions?: number;
  /** When the deployments were read from Harness, epoch ms; only where that is not now. */
  asOf?: number;
  /** Why the deployments are not those of now. */
  failure?: FailureBody;
}

/**
 * `GET /v1/entities/:kind/:namespace/:name/deploy-target`
 *
 * Without `inputs` and without `failure` the live pipeline is still being read: ask again.
 *
 * @public
 */
export interface DeployTargetResponse {
  /** The identifier of the entity's pipeline. */
  pipeline: string;
  /** The rules that deploy requests are checked against; absent for a pipeline that is in no config repo. */
  rules?: DeployRules;
  /** What the live pipeline asks for, in its order. */
  inputs?: RuntimeInput[];
  /** The pipeline's page in Harness's own user interface. */
  url?: string;
  /** When the pipeline was read from Harness, epoch ms; only where that is not now. */
  asOf?: number;
  /** Why the inputs are not those of now, or not known at all. */
  failure?: FailureBody;
}

/**
 * The body of `POST /v1/entities/:kind/:namespace/:name/deployments`. A pipeline that is in no config repo takes its
 * inputs alone.
 *
 * @public
 */
export type DeployBody = DeployRequest | Pick<DeployRequest, 'inputs'>;

/**
 * `POST /v1/entities/:kind/:namespace/:name/deployments`: 202 `started`, 400 `rejected`. Anything else is an error.
 *
 * @public
 */
export type DeployResponse =
  | {
      kind: 'started';
      /** The execution in Harness. */
      executionId: string;
      /** Its status as far as it is known. */
      status: string;
      /** Its page in Harness's own user interface. */
      url: string;
    }
  | {
      kind: 'rejected';
      /** Every reason that speaks against it. */
      violations: Violation[];
    };
