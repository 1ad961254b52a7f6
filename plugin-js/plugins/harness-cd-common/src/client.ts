import { ForwardedError, ResponseError } from '@backstage/errors';
import type {
  DeployRequest,
  DeployResponse,
  DeployTargetResponse,
  DeploymentsQuery,
  DeploymentsResponse,
  ExecutionProgress,
} from './generated/types';

/**
 * What a deployment is asked for with. A pipeline that is in no config repo takes its inputs alone.
 *
 * @public
 */
export type DeployBody = DeployRequest | Pick<DeployRequest, 'inputs'>;

/**
 * The name of a catalog entity, as `@backstage/catalog-model` has it.
 *
 * @public
 */
export interface EntityName {
  /** The kind; upper and lower case are the same. */
  kind: string;
  /** The namespace; `default` where nothing else is said. */
  namespace: string;
  /** The name within its kind and namespace. */
  name: string;
}

/**
 * What the backend of Harness CD offers. Refusals and failures are `ResponseError`s of `@backstage/errors`; their
 * `body.error` carries `code`, `hint` and, where Harness gave one, `correlationId`.
 * An error without a `body` says that nobody answered, or that the answer cannot be read.
 *
 * @public
 */
export interface HarnessCdApi {
  /** A page of an entity's deployments, newest first. */
  getDeployments(entity: EntityName, query: DeploymentsQuery): Promise<DeploymentsResponse>;
  /** What an entity's deploy requests are checked against: the rules of its service, and what its pipeline asks for. */
  getDeployTarget(entity: EntityName): Promise<DeployTargetResponse>;
  /** How far one execution is. */
  getExecution(entity: EntityName, executionId: string): Promise<ExecutionProgress>;
  /** Starts a deployment, once. A request that breaks the rules is an answer, not an error. */
  deploy(entity: EntityName, request: DeployBody): Promise<DeployResponse>;
}

/**
 * {@link HarnessCdApi} over HTTP.
 *
 * @public
 */
export class HarnessCdClient implements HarnessCdApi {
  readonly #discoveryApi: { getBaseUrl(pluginId: string): Promise<string> };
  readonly #fetchApi: { fetch: typeof fetch };

  constructor(options: {
    discoveryApi: { getBaseUrl(pluginId: string): Promise<string> };
    fetchApi: { fetch: typeof fetch };
  }) {
    this.#discoveryApi = options.discoveryApi;
    this.#fetchApi = options.fetchApi;
  }

  /** {@inheritDoc HarnessCdApi.getDeployments} */
  async getDeployments(entity: EntityName, query: DeploymentsQuery): Promise<DeploymentsResponse> {
    const parameters = new URLSearchParams({ page: String(query.page), pageSize: String(query.pageSize) });
    if (query.environment) parameters.set('environment', query.environment);
    query.status?.forEach(status => parameters.append('status', status));
    return this.#get(entity, `deployments?${parameters}`);
  }

  /** {@inheritDoc HarnessCdApi.getDeployTarget} */
  async getDeployTarget(entity: EntityName): Promise<DeployTargetResponse> {
    return this.#get(entity, 'deploy-target');
  }

  /** {@inheritDoc HarnessCdApi.getExecution} */
  async getExecution(entity: EntityName, executionId: string): Promise<ExecutionProgress> {
    return this.#get(entity, `executions/${encodeURIComponent(executionId)}`);
  }

  /** {@inheritDoc HarnessCdApi.deploy} */
  async deploy(entity: EntityName, request: DeployBody): Promise<DeployResponse> {
    const response = await this.#fetch(entity, 'deployments', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(request),
    });
    if (response.status === 400) {
      const answer = await response
        .clone()
        .json()
        .catch(() => undefined);
      if (answer?.kind === 'rejected') return answer;
    }
    return readJson(response);
  }

  async #get<T>(entity: EntityName, path: string): Promise<T> {
    return readJson(await this.#fetch(entity, path));
  }

  async #fetch(entity: EntityName, path: string, init?: RequestInit): Promise<Response> {
    const baseUrl = await this.#discoveryApi.getBaseUrl('harness-cd');
    const name = [entity.kind, entity.namespace, entity.name].map(encodeURIComponent).join('/');
    try {
      return await this.#fetchApi.fetch(`${baseUrl}/v1/entities/${name}/${path}`, init);
    } catch (error) {
      throw new ForwardedError('The backend of Harness CD did not answer', error);
    }
  }
}

async function readJson<T>(response: Response): Promise<T> {
  if (!response.ok) throw await ResponseError.fromResponse(response);
  try {
    return await response.json();
  } catch (error) {
    throw new ForwardedError(
      'The answer of the Harness CD backend cannot be read; look for a proxy or a login page in between',
      error,
    );
  }
}
