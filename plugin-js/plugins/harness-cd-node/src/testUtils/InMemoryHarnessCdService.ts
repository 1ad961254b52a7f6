import type {
  AccountReach,
  Act,
  AllowedDeployment,
  AnnotationTrust,
  AnswerOutcome,
  Choice,
  ChoiceList,
  ChoiceQuestion,
  DeployCheck,
  Deployment,
  DeploymentKeys,
  DeployRules,
  ExecutionProgress,
  ExecutionQuery,
  FoundPipeline,
  HarnessAnnotations,
  HarnessScope,
  HistoryPage,
  InputQuestion,
  InputSetSummary,
  LivePipeline,
  LostRun,
  Ownership,
  PipelineRef,
  SavedInputs,
  SyncQuestion,
  SyncTurn,
  RuntimeInput,
} from 'backstage-plugin-harness-cd-common';
import { judgeOwnership, keysOfDeployments, readAnnotations, rulesOf, validateDeploy } from 'harness-cd-wasm';
import { harnessFailure } from '../errors';
import type {
  EntityPipeline,
  ExecutionNode,
  HarnessCdService,
  LostRunsSeen,
  PipelineOfService,
  StartedDeployment,
} from '../HarnessCdService';
import type { Known } from '../LastKnown';
import { refuseOutOfReach } from '../reach';

/**
 * What a {@link (harnessCdServiceMock:function)} knows.
 *
 * @public
 */
export interface HarnessCdServiceMockOptions {
  /** The accounts; `demo-account` at https://app.harness.io with the project `default/platform` where nothing is said. */
  accounts?: AccountReach[];
  /** How far annotations are trusted where a pipeline names nobody; `read` where nothing is said. */
  trustAnnotations?: AnnotationTrust;
  /** The rules of services of the config repo. */
  rules?: DeployRules[];
  /** The live pipelines of the project. */
  pipelines?: LivePipeline[];
  /** The input sets that every pipeline has, each with what it answers, by pointers. */
  inputSets?: (InputSetSummary & { values: SavedInputs['values'] })[];
  /** What runs ask for: each by its node, until it is answered. */
  questions?: InputQuestion[];
  /** The history, newest first. */
  deployments?: Deployment[];
  /** How far executions are. */
  executions?: ExecutionProgress[];
  /** What whatever is chosen asks for. */
  asked?: RuntimeInput[];
  /** What may be chosen, whatever it is asked for. */
  choices?: Choice[];
  /** The tags of whatever artifact. */
  tags?: string[];
}

const ACCOUNT: AccountReach = {
  id: 'demo-account',
  baseUrl: 'https://app.harness.io',
  projects: ['default/platform'],
  configuredAt: 'harnessCd.accounts[0].projects',
};

/** Harness CD without a Harness: the answers are those it was given, and requests are really checked against them. */
export class InMemoryHarnessCdService implements HarnessCdService {
  readonly accounts: readonly AccountReach[];
  readonly #trust: AnnotationTrust;
  readonly #rules: DeployRules[];
  readonly #pipelines: LivePipeline[];
  readonly #inputSets: NonNullable<HarnessCdServiceMockOptions['inputSets']>;
  readonly #questions: Map<string, InputQuestion>;
  readonly #deployments: Deployment[];
  readonly #executions: ExecutionProgress[];
  readonly #asked: RuntimeInput[];
  readonly #choices: Choice[];
  readonly #tagList: string[];
  readonly #started = new Map<string, StartedDeployment>();

  constructor(options: HarnessCdServiceMockOptions = {}) {
    this.accounts = options.accounts ?? [ACCOUNT];
    this.#trust = options.trustAnnotations ?? 'read';
    this.#rules = options.rules ?? [];
    this.#pipelines = options.pipelines ?? [];
    this.#inputSets = options.inputSets ?? [];
    this.#questions = new Map(options.questions?.map(question => [question.node, question]));
    this.#deployments = options.deployments ?? [];
    this.#asked = options.asked ?? [];
    this.#choices = options.choices ?? [];
    this.#tagList = options.tags ?? [];
    this.#executions = [...(options.executions ?? [])];
  }

  readAnnotations(annotations: Record<string, string>): HarnessAnnotations {
    return readAnnotations(annotations);
  }

  async deployRules(pipeline: PipelineRef): Promise<DeployRules | undefined> {
    return rulesOf(this.#rules, [], pipeline);
  }

  async deployRulesOfService(_scope: HarnessScope, service: string): Promise<DeployRules | undefined> {
    return this.#rules.find(rules => rules.serviceIdentifier === service);
  }

  async deployRulesOfEach(_scope: HarnessScope, pipelines: PipelineRef[]): Promise<(DeployRules | undefined)[]> {
    return Promise.all(pipelines.map(pipeline => this.deployRules(pipeline)));
  }

  async tagsOfPipelines(_scope: HarnessScope, pipelines: string[]): Promise<Record<string, Record<string, string>>> {
    const listed = this.#pipelines.filter(({ identifier }) => pipelines.includes(identifier));
    return Object.fromEntries(listed.map(({ identifier, tags }) => [identifier, tags]));
  }

  async deployRulesNamed(pipeline: string): Promise<DeployRules[]> {
    return this.#rules.filter(rules => rules.pipeline === pipeline || rules.pipelineName === pipeline);
  }

  async pipelinesThatDeployed(_scope: HarnessScope, service: string): Promise<PipelineOfService[]> {
    const pipelines = this.#deployments.filter(deployment => deployment.service === service).map(row => row.pipeline);
    return [...new Set(pipelines)].map(pipeline => ({ pipeline, name: pipeline }));
  }

  async pipelinesTagged(_scope: HarnessScope, service: string): Promise<FoundPipeline[]> {
    const tagged = this.#pipelines.filter(({ tags }) => tags.service === service);
    return tagged.map(({ identifier, url }) => ({ pipeline: identifier, name: identifier, url }));
  }

  async getPipeline(ref: PipelineRef): Promise<Known<LivePipeline>> {
    refuseOutOfReach(`The pipeline ${ref.pipeline}`, ref, this.accounts);
    return { value: this.#livePipeline(ref.pipeline) };
  }

  async listInputSets(): Promise<InputSetSummary[]> {
    return this.#inputSets.map(({ values: _, ...set }) => set);
  }

  async savedInputs(_pipeline: PipelineRef, inputSets: string[]): Promise<SavedInputs> {
    const named = inputSets.map(name => this.#inputSets.find(({ identifier }) => identifier === name));
    return { values: Object.assign({}, ...named.map(set => set?.values)), violations: [] };
  }

  async judgeReading(target: EntityPipeline): Promise<Ownership> {
    return this.#judge(target, 'read');
  }

  async checkDeploy(requestText: string, target: EntityPipeline): Promise<DeployCheck> {
    const { pipeline, rules } = target;
    const ownership = this.#judge(target, 'run');
    if (ownership.kind !== 'own') {
      throw harnessFailure('FOREIGN_PIPELINE', `${ownership.message}. ${ownership.hint}.`);
    }
    const { inputs, stages, yaml } = this.#livePipeline(pipeline.pipeline);
    const { values: saved } = await this.savedInputs(pipeline, inputSetsIn(requestText));
    const verdict = validateDeploy(requestText, { rules, inputs, stages, saved }, Date.now());
    return verdict.kind === 'rejected'
      ? verdict
      : { kind: 'allowed', pipeline, request: JSON.parse(requestText), checked: yaml, body: yaml };
  }

  async deploy({ pipeline }: AllowedDeployment, options: { nonce: string }): Promise<StartedDeployment> {
    const executionId = `execution-${this.#executions.length + 1}`;
    const progress = { executionId, pipeline: pipeline.pipeline, status: 'Running', stages: [] };
    this.#executions.push({ ...progress, phase: 'active' });
    const started: StartedDeployment = {
      kind: 'started',
      executionId,
      status: 'Running',
      url: `https://app.harness.io/${executionId}`,
    };
    this.#started.set(options.nonce, started);
    return started;
  }

  async findStarted(_pipeline: PipelineRef, { nonce }: LostRun): Promise<StartedDeployment | undefined> {
    return this.#started.get(nonce);
  }

  async lookForStarted(_pipeline: PipelineRef, lost: LostRun[]): Promise<LostRunsSeen> {
    const isLost = (nonce: string) => lost.some(run => run.nonce === nonce);
    return { found: new Map([...this.#started].filter(([nonce]) => isLost(nonce))), complete: true };
  }

  async getInputQuestion(_pipeline: PipelineRef, { node }: ExecutionNode): Promise<InputQuestion | undefined> {
    return this.#questions.get(node);
  }

  async answerInput(requestText: string, _target: EntityPipeline, { node }: ExecutionNode): Promise<AnswerOutcome> {
    const question = this.#questions.get(node);
    if (!question) return { kind: 'tooLate' };
    const verdict = validateDeploy(requestText, { inputs: question.inputs, stages: [] }, Date.now());
    if (verdict.kind === 'rejected') return verdict;
    this.#questions.delete(node);
    return { kind: 'taken' };
  }

  async listChoices(_scope: HarnessScope, { search = '' }: ChoiceQuestion): Promise<Known<ChoiceList>> {
    const choices = this.#choices.filter(({ name }) => name.includes(search));
    return { value: { choices, hasMore: false } };
  }

  async listAsked(): Promise<Known<RuntimeInput[]>> {
    return { value: this.#asked };
  }

  async listTags(): Promise<Known<string[]>> {
    return { value: this.#tagList };
  }

  async executionsUrl({ pipeline }: PipelineRef): Promise<string> {
    return `https://app.harness.io/${pipeline}/executions`;
  }

  async listDeployments(_scope: HarnessScope, { pipelines = [] }: ExecutionQuery): Promise<HistoryPage> {
    const isAsked = ({ pipeline }: Deployment) => pipelines.length === 0 || pipelines.includes(pipeline);
    return { deployments: this.#deployments.filter(isAsked), quarantined: [] };
  }

  async syncDeployments({ pipelines, state }: SyncQuestion): Promise<SyncTurn> {
    const now = Date.now();
    const progress = { asOf: now, knownFrom: 0, isWhole: true };
    if (state !== '') return { kind: 'waits', untilMs: now + 60_000, progress };
    const isAsked = ({ pipeline }: Deployment) => pipelines.length === 0 || pipelines.includes(pipeline);
    const runs = this.#deployments.filter(isAsked).map(deployment => ({
      id: deployment.executionId,
      pipeline: deployment.pipeline,
      status: deployment.status,
      phase: deployment.phase,
      startedAt: deployment.runStartedAt ?? deployment.startedAt,
      isChained: false,
      asksInputs: false,
      deployments: [deployment],
      keys: deploymentKeys([deployment]),
    }));
    const listed = runs.map(({ id }) => id);
    const changes = { runs, listed, whole: [], told: [], gone: [], quarantined: [], quarantinedTotal: 0 };
    return { kind: 'learnt', state: 'read', progress, changes };
  }

  async getExecution(_scope: HarnessScope, executionId: string): Promise<ExecutionProgress> {
    const execution = this.#executions.find(candidate => candidate.executionId === executionId);
    if (!execution) throw harnessFailure('NOT_FOUND', `There is no execution ${executionId}.`);
    return execution;
  }

  #judge({ entityRef, pipeline, rules }: EntityPipeline, act: Act): Ownership {
    const declared = rules && { service: rules.service, entity: rules.entity };
    const { tags } = this.#livePipeline(pipeline.pipeline);
    return judgeOwnership({
      entity: entityRef,
      pipeline: pipeline.pipeline,
      declared,
      tags,
      act,
      trust: this.#trust,
    });
  }

  #livePipeline(pipeline: string): LivePipeline {
    const live = this.#pipelines.find(({ identifier }) => identifier === pipeline);
    if (!live) throw harnessFailure('PIPELINE_NOT_FOUND', `There is no pipeline ${pipeline}.`);
    return live;
  }
}

/**
 * What deployments are sought by where they are stored, in their order.
 *
 * @public
 */
export function deploymentKeys(deployments: Deployment[]): DeploymentKeys[] {
  return JSON.parse(keysOfDeployments(Buffer.from(JSON.stringify(deployments))));
}

/** The input sets that a request names; none of one that is refused anyway. */
function inputSetsIn(requestText: string): string[] {
  try {
    return [Object(JSON.parse(requestText)).inputSets ?? []].flat();
  } catch {
    return [];
  }
}
