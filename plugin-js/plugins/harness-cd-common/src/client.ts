import { ForwardedError, ResponseError } from '@backstage/errors';
import type { ChannelsResponse } from './changes';
import { IDEMPOTENCY_KEY_HEADER } from './generated/constants';
import type {
  AnswerOutcome,
  AskedQuery,
  AskedResponse,
  ChoicesQuery,
  ChoicesResponse,
  DeployCheckResponse,
  DeployRequest,
  DeployResponse,
  DeployTargetResponse,
  DeploymentsQuery,
  DeploymentsResponse,
  ExecutionProgress,
  InputQuestion,
  InputSetSummary,
  SavedInputs,
  PipelinesResponse,
} from './generated/types';
import type {
  FleetDeploymentsQuery,
  FleetDeploymentsResponse,
  FleetMatrixResponse,
  FleetMetricsQuery,
  FleetMetricsResponse,
  FleetPart,
  MatrixResponse,
  MetricsQuery,
  MetricsResponse,
  ProductionNewsResponse,
  ReleaseResponse,
  RunningAtResponse,
  TimelineQuery,
  TimelineResponse,
} from './record';

/**
 * What a deployment is asked for with. A pipeline that is in no config repo takes input sets, stages and inputs alone.
 *
 * @public
 */
export type DeployBody = DeployRequest | Pick<DeployRequest, 'inputSets' | 'stages' | 'inputs'>;

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
 * An entity, and which of its pipelines a question is about.
 *
 * @public
 */
export interface EntityTarget extends EntityName {
  /** The pipeline's label among those of the entity; its first where nothing is said. */
  pipeline?: string;
}

/**
 * How a start is asked for.
 *
 * @public
 */
export interface StartOptions {
  /** A text that no other start has, for example a UUID: 8 to 64 letters, digits, `-` and `_`. */
  idempotencyKey: string;
}

/**
 * What the backend of Harness CD offers. Refusals and failures are `ResponseError`s of `@backstage/errors`; their
 * `body.error` carries `code`, `hint` and, where Harness gave one, `correlationId`.
 * An error without a `body` says that nobody answered, or that the answer cannot be read.
 *
 * @public
 */
export interface HarnessCdApi {
  /** Which pipelines an entity has, and which it might name. */
  getPipelines(entity: EntityName): Promise<PipelinesResponse>;
  /** A page of an entity's deployments, newest first. */
  getDeployments(entity: EntityTarget, query: DeploymentsQuery): Promise<DeploymentsResponse>;
  /** What of an entity runs where. */
  getMatrix(entity: EntityTarget): Promise<MatrixResponse>;
  /** How well delivery of an entity goes. */
  getMetrics(entity: EntityTarget, query: MetricsQuery): Promise<MetricsResponse>;
  /** What happened to an entity, newest first, told as stories. */
  getTimeline(entity: EntityTarget, query: TimelineQuery): Promise<TimelineResponse>;
  /** Where a version of an entity has been, by its tag or by what a table shows as deployed. */
  getRelease(entity: EntityTarget, version: string): Promise<ReleaseResponse>;
  /** What of an entity is new in production since an instant, epoch ms. */
  getProductionNews(entity: EntityTarget, since: number): Promise<ProductionNewsResponse>;
  /** What of an entity ran where at an instant, epoch ms. */
  getRunningAt(entity: EntityTarget, instant: number): Promise<RunningAtResponse>;
  /** On which channels of Backstage's signals it is told that something of an entity has changed. */
  getChannels(entity: EntityTarget): Promise<ChannelsResponse>;
  /** On which channel it is told that something of any entity has changed; on none to who may see no deployments. */
  getFleetChannels(): Promise<ChannelsResponse>;
  /** Deployments of all entities whose deployments the caller may see, newest first. */
  getFleetDeployments(query: FleetDeploymentsQuery): Promise<FleetDeploymentsResponse>;
  /** What of all those entities runs where. */
  getFleetMatrix(part: FleetPart): Promise<FleetMatrixResponse>;
  /** How well delivery of all those entities goes. */
  getFleetMetrics(query: FleetMetricsQuery): Promise<FleetMetricsResponse>;
  /** What an entity's deploy requests are checked against: the rules of its service, and what its pipeline asks for. */
  getDeployTarget(entity: EntityTarget): Promise<DeployTargetResponse>;
  /** The saved input sets and overlays of an entity's pipeline, the last changed first. */
  getInputSets(entity: EntityTarget): Promise<InputSetSummary[]>;
  /** What input sets answer together, a later one winning, and what is wrong with them. */
  getSavedInputs(entity: EntityTarget, inputSets: string[]): Promise<SavedInputs>;
  /** What may be chosen for an input of an entity's pipeline; within 3 s, or a failure that says that it is not known. */
  getChoices(entity: EntityTarget, query: ChoicesQuery): Promise<ChoicesResponse>;
  /** What a chosen service or environment asks for in place of an object; as {@link HarnessCdApi.getChoices} in time. */
  getAsked(entity: EntityTarget, query: AskedQuery): Promise<AskedResponse>;
  /** How far one execution is. */
  getExecution(entity: EntityTarget, executionId: string): Promise<ExecutionProgress>;
  /** How far an execution is that a stage of another one has started. */
  getChildExecution(entity: EntityTarget, run: { parent: string; child: string }): Promise<ExecutionProgress>;
  /** What a node of an execution asks for before it goes on; a 404 where it does not wait for anything now. */
  getInputQuestion(entity: EntityTarget, executionId: string, node: string): Promise<InputQuestion>;
  /**
   * Answers what a node of an execution asks for, once. An answer that is not what it asks for, or comes too late, is told
   * in a success.
   */
  answerInput(
    entity: EntityTarget,
    executionId: string,
    node: string,
    answer: Pick<DeployRequest, 'inputs'>,
  ): Promise<AnswerOutcome>;
  /** Checks a deployment as a start would, and starts nothing. */
  checkDeployment(entity: EntityTarget, request: DeployBody): Promise<DeployCheckResponse>;
  /**
   * Starts a deployment, once for a key, however often it is sent. A request that breaks the rules is an answer, not an
   * error. The answer may be that it is under way: {@link HarnessCdApi.getStart} says what becomes of it. So it does after
   * an error without a `body`, which does not say that nothing was started.
   */
  deploy(entity: EntityTarget, request: DeployBody, options: StartOptions): Promise<DeployResponse>;
  /** How far a start is, or its outcome; a 404 where the backend has not got it. */
  getStart(entity: EntityTarget, idempotencyKey: string): Promise<DeployResponse>;
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

  /** {@inheritDoc HarnessCdApi.getPipelines} */
  async getPipelines({ kind, namespace, name }: EntityName): Promise<PipelinesResponse> {
    return this.#get({ kind, namespace, name }, 'pipelines');
  }

  /** {@inheritDoc HarnessCdApi.getDeployments} */
  async getDeployments(entity: EntityTarget, query: DeploymentsQuery): Promise<DeploymentsResponse> {
    const parameters = new URLSearchParams({ page: String(query.page), pageSize: String(query.pageSize) });
    if (query.environment) parameters.set('environment', query.environment);
    query.status?.forEach(status => parameters.append('status', status));
    const { region, text, runs } = query;
    for (const [name, value] of Object.entries({ region, text, runs })) if (value) parameters.set(name, value);
    return this.#get(entity, `deployments?${parameters}`);
  }

  /** {@inheritDoc HarnessCdApi.getMatrix} */
  async getMatrix(entity: EntityTarget): Promise<MatrixResponse> {
    return this.#get(entity, 'matrix');
  }

  /** {@inheritDoc HarnessCdApi.getMetrics} */
  async getMetrics(entity: EntityTarget, query: MetricsQuery): Promise<MetricsResponse> {
    return this.#get(entity, `metrics?${parametersOf(query)}`);
  }

  /** {@inheritDoc HarnessCdApi.getTimeline} */
  async getTimeline(entity: EntityTarget, query: TimelineQuery): Promise<TimelineResponse> {
    return this.#get(entity, `timeline?${parametersOf(query)}`);
  }

  /** {@inheritDoc HarnessCdApi.getRelease} */
  async getRelease(entity: EntityTarget, version: string): Promise<ReleaseResponse> {
    return this.#get(entity, `releases/${encodeURIComponent(version)}`);
  }

  /** {@inheritDoc HarnessCdApi.getProductionNews} */
  async getProductionNews(entity: EntityTarget, since: number): Promise<ProductionNewsResponse> {
    return this.#get(entity, `production-news?${parametersOf({ since })}`);
  }

  /** {@inheritDoc HarnessCdApi.getRunningAt} */
  async getRunningAt(entity: EntityTarget, instant: number): Promise<RunningAtResponse> {
    return this.#get(entity, `running-at?${parametersOf({ instant })}`);
  }

  /** {@inheritDoc HarnessCdApi.getChannels} */
  async getChannels(entity: EntityTarget): Promise<ChannelsResponse> {
    return this.#get(entity, 'channels');
  }

  /** {@inheritDoc HarnessCdApi.getFleetChannels} */
  async getFleetChannels(): Promise<ChannelsResponse> {
    return this.#getOfFleet('channels');
  }

  /** {@inheritDoc HarnessCdApi.getFleetDeployments} */
  async getFleetDeployments(query: FleetDeploymentsQuery): Promise<FleetDeploymentsResponse> {
    return this.#getOfFleet(`deployments?${parametersOf(query)}`);
  }

  /** {@inheritDoc HarnessCdApi.getFleetMatrix} */
  async getFleetMatrix(part: FleetPart): Promise<FleetMatrixResponse> {
    return this.#getOfFleet(`matrix?${parametersOf(part)}`);
  }

  /** {@inheritDoc HarnessCdApi.getFleetMetrics} */
  async getFleetMetrics(query: FleetMetricsQuery): Promise<FleetMetricsResponse> {
    return this.#getOfFleet(`metrics?${parametersOf(query)}`);
  }

  /** {@inheritDoc HarnessCdApi.getDeployTarget} */
  async getDeployTarget(entity: EntityTarget): Promise<DeployTargetResponse> {
    return this.#get(entity, 'deploy-target');
  }

  /** {@inheritDoc HarnessCdApi.getInputSets} */
  async getInputSets(entity: EntityTarget): Promise<InputSetSummary[]> {
    return this.#get(entity, 'input-sets');
  }

  /** {@inheritDoc HarnessCdApi.getSavedInputs} */
  async getSavedInputs(entity: EntityTarget, inputSets: string[]): Promise<SavedInputs> {
    const parameters = new URLSearchParams(inputSets.map(inputSet => ['inputSet', inputSet]));
    return this.#get(entity, `saved-inputs?${parameters}`);
  }

  /** {@inheritDoc HarnessCdApi.getChoices} */
  async getChoices(entity: EntityTarget, query: ChoicesQuery): Promise<ChoicesResponse> {
    return this.#get(entity, `choices?${parametersOf(query)}`);
  }

  /** {@inheritDoc HarnessCdApi.getAsked} */
  async getAsked(entity: EntityTarget, query: AskedQuery): Promise<AskedResponse> {
    return this.#get(entity, `asked?${parametersOf(query)}`);
  }

  /** {@inheritDoc HarnessCdApi.getExecution} */
  async getExecution(entity: EntityTarget, executionId: string): Promise<ExecutionProgress> {
    return this.#get(entity, `executions/${encodeURIComponent(executionId)}`);
  }

  /** {@inheritDoc HarnessCdApi.getChildExecution} */
  async getChildExecution(entity: EntityTarget, run: { parent: string; child: string }): Promise<ExecutionProgress> {
    return this.#get(entity, `executions/${encodeURIComponent(run.parent)}/children/${encodeURIComponent(run.child)}`);
  }

  /** {@inheritDoc HarnessCdApi.getInputQuestion} */
  async getInputQuestion(entity: EntityTarget, executionId: string, node: string): Promise<InputQuestion> {
    return this.#get(entity, pathOfNode(executionId, node));
  }

  /** {@inheritDoc HarnessCdApi.answerInput} */
  async answerInput(
    entity: EntityTarget,
    executionId: string,
    node: string,
    answer: Pick<DeployRequest, 'inputs'>,
  ): Promise<AnswerOutcome> {
    return readJson(await this.#post(entity, pathOfNode(executionId, node), answer));
  }

  /** {@inheritDoc HarnessCdApi.checkDeployment} */
  async checkDeployment(entity: EntityTarget, request: DeployBody): Promise<DeployCheckResponse> {
    return readJson(await this.#post(entity, 'deployment-checks', request));
  }

  /** {@inheritDoc HarnessCdApi.deploy} */
  async deploy(entity: EntityTarget, request: DeployBody, options: StartOptions): Promise<DeployResponse> {
    const response = await this.#post(entity, 'deployments', request, {
      [IDEMPOTENCY_KEY_HEADER]: options.idempotencyKey,
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

  /** {@inheritDoc HarnessCdApi.getStart} */
  async getStart(entity: EntityTarget, idempotencyKey: string): Promise<DeployResponse> {
    return this.#get(entity, `starts/${encodeURIComponent(idempotencyKey)}`);
  }

  async #post(
    entity: EntityTarget,
    path: string,
    request: DeployBody,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    return this.#fetch(entity, path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body: JSON.stringify(request),
    });
  }

  async #get<T>(entity: EntityTarget, path: string): Promise<T> {
    return readJson(await this.#fetch(entity, path));
  }

  async #getOfFleet<T>(path: string): Promise<T> {
    return readJson(await this.#fetchPath(`fleet/${path}`));
  }

  async #fetch(entity: EntityTarget, path: string, init?: RequestInit): Promise<Response> {
    const name = [entity.kind, entity.namespace, entity.name].map(encodeURIComponent).join('/');
    const { pipeline } = entity;
    const chosen =
      pipeline === undefined ? '' : `${path.includes('?') ? '&' : '?'}${new URLSearchParams({ pipeline })}`;
    return this.#fetchPath(`entities/${name}/${path}${chosen}`, init);
  }

  async #fetchPath(path: string, init?: RequestInit): Promise<Response> {
    const baseUrl = await this.#discoveryApi.getBaseUrl('harness-cd');
    try {
      return await this.#fetchApi.fetch(`${baseUrl}/v1/${path}`, init);
    } catch (error) {
      throw new ForwardedError('The backend of Harness CD did not answer', error);
    }
  }
}

function pathOfNode(executionId: string, node: string): string {
  return `executions/${encodeURIComponent(executionId)}/inputs/${encodeURIComponent(node)}`;
}

/** What a query says; each member of a list by itself. */
function parametersOf(query: object): URLSearchParams {
  const said = Object.entries(query).flatMap(([name, value]) => [value].flat().map(one => [name, one]));
  return new URLSearchParams(said.filter(([, value]) => value !== undefined));
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
