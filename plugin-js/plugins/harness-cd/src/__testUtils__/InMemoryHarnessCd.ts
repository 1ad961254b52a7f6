import { DEPLOY_VARIABLES } from 'backstage-plugin-harness-cd-common';
import type {
  AnswerOutcome,
  AskedQuery,
  AskedResponse,
  ChoicesQuery,
  ChannelsResponse,
  ChoicesResponse,
  DeployBody,
  DeployCheckResponse,
  DeployResponse,
  Deployment,
  DeployRules,
  DeploymentMatrix,
  DeploymentsQuery,
  DeploymentsResponse,
  DeployTargetResponse,
  EntityTarget,
  ExecutionProgress,
  FleetDeploymentsResponse,
  FleetMatrixResponse,
  FleetMetricsResponse,
  HarnessCdApi,
  FailureBody,
  InputQuestion,
  InputSetSummary,
  MatrixResponse,
  MetricsGroup,
  MetricsQuery,
  MetricsResponse,
  PipelineStage,
  PipelineOffer,
  PipelinesResponse,
  SourcedNews,
  SourceLink,
  ProductionNewsResponse,
  ReleaseResponse,
  RunningAtResponse,
  RuntimeInput,
  SavedInputs,
  StartOptions,
  StoodAt,
  Story,
  TimelineQuery,
  TimelineResponse,
  VersionStop,
  Violation,
} from 'backstage-plugin-harness-cd-common';

const DAY_MS = 24 * 60 * 60_000;

/** An ended deployment of payment-service, with what a test says about it. */
export function deployment(about: Partial<Deployment> & { executionId: string }): Deployment {
  return {
    id: `${about.executionId}/deploy`,
    pipeline: 'payment_service_cd',
    stage: 'deploy_int_stable',
    status: 'Success',
    phase: 'succeeded',
    environment: 'int_stable',
    environmentName: 'int-stable',
    region: 'euw1',
    imageTag: 'v2.3.0',
    startedAt: Date.now() - 60_000,
    isRollback: false,
    ...about,
  };
}

/** A run that succeeded and deployed nothing. */
export function built(executionId: string, about: Partial<Deployment> = {}): Deployment {
  return {
    id: executionId,
    executionId,
    pipeline: 'payment_service_cd',
    stage: '',
    wholeRun: true,
    status: 'Success',
    phase: 'succeeded',
    startedAt: Date.now() - 60_000,
    isRollback: false,
    ...about,
  };
}

/** A run in the middle of a canary step. */
export function runningProgress(executionId: string): ExecutionProgress {
  const running = { status: 'Running', phase: 'active' } as const;
  const succeeded = { status: 'Success', phase: 'succeeded' } as const;
  return {
    executionId,
    pipeline: 'payment_service_cd',
    ...running,
    startedAt: Date.now() - 30_000,
    stages: [
      {
        identifier: 'deploy_int_stable',
        name: 'Deploy to int-stable',
        stageType: 'Deployment',
        ...running,
        steps: [
          { identifier: 'fetch', name: 'Fetch manifests', stepType: 'Fetch', ...succeeded },
          { identifier: 'rollout', name: 'Rolling deployment', stepType: 'K8sRollingDeploy', ...running },
        ],
      },
    ],
  };
}

/** The rules of a service that may always go to int-stable, and never to prod: its window's day is another one. */
export function deployRules(closedOn: Date): DeployRules {
  const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
  return {
    service: 'payment-service',
    serviceIdentifier: 'payment_service',
    entity: 'component:default/payment-service',
    org: 'default',
    project: 'platform',
    pipeline: 'payment_service_cd',
    pipelineName: 'payment-service-cd',
    immutableTagsOnly: true,
    environments: [
      {
        name: 'int-stable',
        identifier: 'int_stable',
        environmentType: 'PreProduction',
        regions: ['euw1', 'euw2'],
        requiredFields: [],
        approvals: [],
      },
      {
        name: 'prod',
        identifier: 'prod',
        environmentType: 'Production',
        regions: ['euw1'],
        requiredFields: ['changeTicket', 'rollbackPlan'],
        approvals: ['platform-team'],
        changeWindows: [
          {
            name: 'prod-change-window',
            days: [days[(closedOn.getUTCDay() + 3) % 7]],
            from: '10:00',
            to: '16:00',
            timeZone: 'UTC',
          },
        ],
      },
    ],
  };
}

/** An input of a pipeline, with what a test says about it. */
export function input(about: Partial<RuntimeInput> & { pointer: string }): RuntimeInput {
  return { label: about.name ?? '', kind: 'text', required: false, executionInput: false, ...about };
}

/** A variable of a pipeline, with what a test says about it. */
export function variable(index: number, name: string, about: Partial<RuntimeInput> = {}): RuntimeInput {
  return input({ pointer: `/pipeline/variables/${index}/value`, name, ...about });
}

const FIELDS = DEPLOY_VARIABLES.map((name, index) => variable(index, name, { required: true }));

const SCOPE = { account: 'demo-account', org: 'default', project: 'platform' };

/** A Harness CD backend in memory. */
export class InMemoryHarnessCd implements HarnessCdApi {
  deployments: Deployment[] = [];
  /** What runs where; nothing where nothing is said. */
  matrix: DeploymentMatrix = { asOf: Date.now(), services: [], unplaced: 0 };
  failMatrixWith: Error | undefined;
  matrixReads = 0;
  /** How well delivery goes, and the same by week. */
  metrics: MetricsGroup[] = [];
  metricsOfWeeks: MetricsGroup[] = [];
  stories: Story[] = [];
  /** So many of them are told at once; all where nothing is said. */
  storiesInPart: number | undefined;
  failTimelineWith: Error | undefined;
  /** What was, and the instants that were looked back to. */
  stops: VersionStop[] = [];
  news: SourcedNews[] = [];
  source: SourceLink | undefined;
  stoodAt: StoodAt[] = [];
  readonly lookedBackTo: number[] = [];
  readonly timelineQueries: TimelineQuery[] = [];
  /** The pipelines of an entity that has several, each with what is known of it. */
  pipelines: { label: string; harnessCd: InMemoryHarnessCd }[] = [];
  offers: PipelineOffer[] = [];
  /** What of the annotations cannot be used. */
  problems: string[] = [];
  /** Undefined where the pipeline is in no config repo. */
  rules: DeployRules | undefined = deployRules(new Date());
  /** Undefined where the live pipeline is not known. */
  inputs: RuntimeInput[] | undefined = FIELDS;
  inputsFailure: FailureBody | undefined;
  /** The stages that a run may choose from. */
  stages: PipelineStage[] = [];
  /** The input sets, each with what it answers. */
  inputSets: (InputSetSummary & { values: SavedInputs['values'] })[] = [];
  /** What is wrong with those that are chosen. */
  unfitSets: Violation[] = [];
  /** What a run asks for. */
  questionInputs: RuntimeInput[] = [];
  failQuestionWith: Error | undefined;
  answerOutcome: AnswerOutcome = { kind: 'taken' };
  failAnswerWith: Error | undefined;
  readonly answers: DeployBody[] = [];
  /** The branch that the pipeline is run from. */
  branch: string | undefined;
  failTargetWith: Error | undefined;
  failStartWith: Error | undefined;
  failure: DeploymentsResponse['failure'];
  asOf: number | undefined;
  knownFrom: number | undefined;
  /** As many as there are deployments where nothing is said. */
  totalExecutions: number | 'unknown' | undefined;
  refusedWith: Violation[] = [];
  failWith: Error | undefined;
  /** What may be chosen. */
  choices: ChoicesResponse = { choices: [], hasMore: false };
  readonly choiceQueries: ChoicesQuery[] = [];
  /** What whatever was chosen asks for. */
  asked: AskedResponse = { inputs: [] };
  /** The same, where it depends on who asks. */
  askedOf: (query: AskedQuery) => AskedResponse = () => this.asked;
  readonly askedQueries: AskedQuery[] = [];
  /** How far a run is; in the middle of a canary step where nothing is said. */
  progress: ExecutionProgress | undefined;
  failExecutionWith: Error | undefined;
  executionReads = 0;
  /** Whether what is started is listed at once. */
  listsAtOnce = true;
  /** What a start is answered, at once or later; it is started where nothing is said. */
  startAnswer: DeployResponse | Promise<DeployResponse> | undefined;
  /** What is known of a start when it is asked for; nothing where nothing is said. */
  startOutcome: DeployResponse | undefined;
  startReads = 0;
  /** The keys of all starts that were asked for, however often. */
  readonly keys: string[] = [];
  readonly queries: DeploymentsQuery[] = [];
  failCheckWith: Error | undefined;
  readonly checks: { target: EntityTarget; request: DeployBody }[] = [];
  readonly requests: DeployBody[] = [];

  async getPipelines(): Promise<PipelinesResponse> {
    const [scope, pipeline] = [SCOPE, 'payment_service_cd'];
    const pipelines = this.pipelines.map(({ label }) => ({ label, scope, pipeline }));
    return { pipelines, offers: this.offers, problems: this.problems, failures: [] };
  }

  async getDeployments(target: EntityTarget, query: DeploymentsQuery): Promise<DeploymentsResponse> {
    const chosen = this.pipelines.find(({ label }) => label === target.pipeline);
    if (chosen) return chosen.harnessCd.getDeployments({ ...target, pipeline: undefined }, query);
    this.queries.push(query);
    if (this.failWith) throw this.failWith;
    const { page, pageSize, environment, status, region, text = '', runs } = query;
    const matching = this.deployments.filter(
      candidate =>
        (!environment || candidate.environment === environment) && (!status || status.includes(candidate.status)),
    );
    const ofPage = matching
      .slice(page * pageSize, (page + 1) * pageSize)
      .filter(row => (!region || row.region === region) && (row.version ?? row.imageTag ?? '').includes(text));
    const deploying = ofPage.filter(({ wholeRun, phase }) => !(wholeRun && phase === 'succeeded'));
    return {
      deployments: runs === 'all' ? ofPage : deploying,
      page,
      pageSize,
      totalExecutions: this.totalExecutions === 'unknown' ? undefined : (this.totalExecutions ?? matching.length),
      ranWithoutDeploying: ofPage.length - deploying.length,
      asOf: this.asOf,
      failure: this.failure,
    };
  }

  async getMatrix(): Promise<MatrixResponse> {
    this.matrixReads += 1;
    if (this.failMatrixWith) throw this.failMatrixWith;
    return { matrix: this.matrix, asOf: this.asOf, failure: this.failure, knownFrom: this.knownFrom };
  }

  async getMetrics(_entity: unknown, { by = [] }: MetricsQuery): Promise<MetricsResponse> {
    const groups = by.includes('week') ? this.metricsOfWeeks : this.metrics;
    const metrics = { fromMs: Date.now() - 90 * DAY_MS, toMs: Date.now(), groups, unplaced: 0, absent: [] };
    return { metrics, asOf: this.asOf, failure: this.failure };
  }

  async getTimeline(_entity: unknown, query: TimelineQuery): Promise<TimelineResponse> {
    this.timelineQueries.push(query);
    if (this.failTimelineWith) throw this.failTimelineWith;
    const { storiesInPart = this.stories.length, asOf, failure, knownFrom } = this;
    const from = Number(query.after ?? 0);
    const to = from + storiesInPart;
    const next = to < this.stories.length ? String(to) : undefined;
    return { timeline: { stories: this.stories.slice(from, to), next }, asOf, failure, knownFrom };
  }

  async getRelease(_entity: unknown, version: string): Promise<ReleaseResponse> {
    return { stops: this.stops.filter(({ deployment: brief }) => brief.version === version), source: this.source };
  }

  async getProductionNews(_entity: unknown, since: number): Promise<ProductionNewsResponse> {
    this.lookedBackTo.push(since);
    return { news: this.news };
  }

  async getRunningAt(): Promise<RunningAtResponse> {
    return { places: this.stoodAt };
  }

  async getChannels(): Promise<ChannelsResponse> {
    return { channels: ['harness-cd:of-payment-service'] };
  }

  async getFleetChannels(): Promise<ChannelsResponse> {
    return { channels: ['harness-cd:of-all'] };
  }

  async getFleetDeployments(): Promise<FleetDeploymentsResponse> {
    return { deployments: [], counts: { running: 0, waiting: 0 }, projects: [], failures: [] };
  }

  async getFleetMatrix(): Promise<FleetMatrixResponse> {
    return { services: [], projects: [], failures: [] };
  }

  async getFleetMetrics(): Promise<FleetMetricsResponse> {
    const metrics = { fromMs: 0, toMs: 0, groups: [], unplaced: 0, absent: [] };
    return { metrics, projects: [], failures: [] };
  }

  async getDeployTarget(target?: EntityTarget): Promise<DeployTargetResponse> {
    const chosen = this.pipelines.find(({ label }) => label === target?.pipeline);
    if (chosen) return chosen.harnessCd.getDeployTarget();
    if (this.failTargetWith) throw this.failTargetWith;
    const { branch, rules, inputs, stages, inputsFailure: failure } = this;
    const url = inputs && 'https://app.harness.io/pipeline';
    return { pipeline: 'payment_service_cd', scope: SCOPE, branch, rules, inputs, stages, url, failure };
  }

  async getChoices(_entity: unknown, query: ChoicesQuery): Promise<ChoicesResponse> {
    this.choiceQueries.push(query);
    return this.choices;
  }

  async getAsked(_entity: unknown, query: AskedQuery): Promise<AskedResponse> {
    this.askedQueries.push(query);
    return this.askedOf(query);
  }

  async checkDeployment(target: EntityTarget, request: DeployBody): Promise<DeployCheckResponse> {
    this.checks.push({ target, request });
    if (this.failCheckWith) throw this.failCheckWith;
    const { refusedWith: violations } = this;
    return violations.length > 0 ? { kind: 'rejected', violations } : { kind: 'allowed' };
  }

  async deploy(_entity: unknown, request: DeployBody, { idempotencyKey }: StartOptions): Promise<DeployResponse> {
    this.keys.push(idempotencyKey);
    if (this.failStartWith) throw this.failStartWith;
    this.requests.push(request);
    return this.startAnswer ?? this.#start(request);
  }

  async getStart(): Promise<DeployResponse> {
    this.startReads += 1;
    if (!this.startOutcome) throw Object.assign(new Error('There is no such start.'), { statusCode: 404 });
    return this.startOutcome;
  }

  #start(request: DeployBody): DeployResponse {
    if (this.refusedWith.length > 0) return { kind: 'rejected', violations: this.refusedWith };
    const executionId = 'execution-new';
    const imageTag = 'imageTag' in request ? request.imageTag : undefined;
    const started = deployment({ executionId, imageTag, status: 'Running', phase: 'active' });
    if (this.listsAtOnce) this.deployments.unshift(started);
    return { kind: 'started', executionId, status: 'Running', url: 'https://app.harness.io/run' };
  }

  async getInputSets(): Promise<InputSetSummary[]> {
    return this.inputSets.map(({ values: _, ...set }) => set);
  }

  async getSavedInputs(_entity: unknown, inputSets: string[]): Promise<SavedInputs> {
    const named = inputSets.map(name => this.inputSets.find(({ identifier }) => identifier === name));
    return { values: Object.assign({}, ...named.map(set => set?.values)), violations: this.unfitSets };
  }

  async getInputQuestion(): Promise<InputQuestion> {
    if (this.failQuestionWith) throw this.failQuestionWith;
    return { node: 'node-1', inputs: this.questionInputs };
  }

  async answerInput(_entity: unknown, _executionId: string, _node: string, answer: DeployBody): Promise<AnswerOutcome> {
    this.answers.push(answer);
    if (this.failAnswerWith) throw this.failAnswerWith;
    return this.answerOutcome;
  }

  async getExecution(_entity: unknown, executionId: string): Promise<ExecutionProgress> {
    this.executionReads += 1;
    if (this.failExecutionWith) throw this.failExecutionWith;
    return this.progress ? JSON.parse(JSON.stringify(this.progress)) : runningProgress(executionId);
  }

  async getChildExecution(_entity: unknown, run: { parent: string; child: string }): Promise<ExecutionProgress> {
    const started = this.progress?.stages.some(stage => stage.child?.executionId === run.child);
    if (run.parent !== this.progress?.executionId || !started) {
      throw Object.assign(new Error('There is no such run.'), { statusCode: 404 });
    }
    return runningProgress(run.child);
  }
}
