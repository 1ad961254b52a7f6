import { setTimeout as wait } from 'node:timers/promises';
import type { LoggerService } from '@backstage/backend-plugin-api';
import {
  isAtWork,
  isTerminal,
  type AccountReach,
  type AllowedDeployment,
  type AnnotationTrust,
  type AnswerOutcome,
  type AskedQuestion,
  type ChoiceList,
  type ChoiceQuestion,
  type DeployCheck,
  type DeployRules,
  type ExecutionProgress,
  type ExecutionQuery,
  type FailureCode,
  type FoundPipeline,
  type HarnessAnnotations,
  type HarnessScope,
  type HistoryOptions,
  type HistoryPage,
  type InputQuestion,
  type InputSetSummary,
  type LivePipeline,
  type LostRun,
  type Ownership,
  type PipelineRef,
  type RunOutcome,
  type SavedInputs,
  type RuntimeInput,
  type SyncQuestion,
  type SyncTurn,
  type TagQuestion,
} from 'backstage-plugin-harness-cd-common';
import { type HarnessClient, judgeOwnership, nearestName, readAnnotations } from 'harness-cd-wasm';
import type { ConfigRepos } from './ConfigRepos';
import { fromModuleError, harnessFailure, type HarnessFailure, isHarnessFailure } from './errors';
import { LastKnown, slowerWhileUnchanged, type Known } from './LastKnown';
import { projectsInFull, refuseOutOfReach, scopeText } from './reach';

/** Long enough for the people who open a dialog at the same time, short enough for a change to be seen at once. */
const PIPELINE_FRESH_MS = 30_000;
const ENDED_EXECUTION_FRESH_MS = 10 * 60_000;
/** Who owns a pipeline changes seldom, and is asked for with every look at its history. */
const TAGS_FRESH_MS = 5 * 60_000;
/** So long a dialog waits for a pipeline or an execution that is known, and no longer fresh, to be read again. */
const PATIENCE_MS = 500;
/** So long what the config repo says of an owner waits for what the pipeline's tags say. */
const TAGS_PATIENCE_MS = 1_000;
/** What somebody saves in Harness is there when they are back in the form. */
const INPUT_SETS_FRESH_MS = 10_000;
/** What there is to choose from changes seldom, and a person who looks for what is new looks again. */
const CHOICES_FRESH_MS = 60_000;
const MAX_PIPELINES = 200;
/** Which pipelines a service has, and which have its name in a tag, changes seldom. */
const FOUND_FRESH_MS = 5 * 60_000;
const MAX_FOUND = 200;
/** Among so many of a service's executions its pipelines are looked for. */
const LATELY = 50;
const MOST_FOUND = 10;
const MAX_EXECUTIONS = 500;
/** What a step of a run does is to be seen within 3 s. */
const AT_WORK_FRESH_MS = 2_000;
const MAX_CHOICES = 500;
/** An image may have 10,000 tags: some 200 KB. */
const MAX_TAG_LISTS = 50;
/** A delegate that is not there, or a registry that refuses, is not asked again by every key press. */
const TAGS_RETRY_MS = 10_000;

const whileWaiting = slowerWhileUnchanged<ExecutionProgress>({ minMs: AT_WORK_FRESH_MS, maxMs: 10_000 });

/**
 * A run that Harness accepted.
 *
 * @public
 */
export type StartedDeployment = Extract<RunOutcome, { kind: 'started' }>;

/**
 * What a look at a pipeline's executions shows of runs whose answers were lost.
 *
 * @public
 */
export interface LostRunsSeen {
  /** What became of those that Harness has, by their nonces: `FORBIDDEN` where a policy refused one. */
  found: Map<string, StartedDeployment | HarnessFailure>;
  /**
   * Whether every execution was looked at that may be one of them. What was not found is not listed then; it may have
   * been started all the same.
   */
  complete: boolean;
}

/**
 * An entity's pipeline, and the rules of the service that it deploys.
 *
 * @public
 */
export interface EntityPipeline {
  /** The entity. */
  entityRef: string;
  /** The pipeline. */
  pipeline: PipelineRef;
  /** The rules of the service that it deploys; absent where it is in no config repo. */
  rules?: DeployRules;
}

/**
 * A pipeline that deployed a service.
 *
 * @public
 */
export type PipelineOfService = Pick<FoundPipeline, 'pipeline' | 'name'>;

/**
 * A node of an execution.
 *
 * @public
 */
export interface ExecutionNode {
  /** The execution. */
  executionId: string;
  /** The node of it (Harness's `nodeExecutionId`). */
  node: string;
}

/**
 * Harness CD for backends. Failures are classes of `@backstage/errors` with the fields of {@link HarnessFailure}.
 *
 * @public
 */
export interface HarnessCdService {
  /** The accounts of this portal, and how far its entities reach in each; what is elsewhere is refused. */
  readonly accounts: readonly AccountReach[];
  /** What an entity's annotations say of Harness. */
  readAnnotations(annotations: Record<string, string>): HarnessAnnotations;
  /** The rules of the service that a pipeline deploys, by the pipeline's identifier or its name. */
  deployRules(pipeline: PipelineRef): Promise<DeployRules | undefined>;
  /** The rules of many pipelines of a project, as of one; `stopped` for the one of a service that is. */
  deployRulesOfEach(scope: HarnessScope, pipelines: PipelineRef[]): Promise<(DeployRules | undefined | 'stopped')[]>;
  /** The rules of a service of a project, by its identifier in Harness. */
  deployRulesOfService(scope: HarnessScope, service: string): Promise<DeployRules | undefined>;
  /** The rules of every pipeline in a config repo that has this identifier or name, in whatever project. */
  deployRulesNamed(pipeline: string): Promise<DeployRules[]>;
  /** The pipelines of a project that deployed a service lately, the last one first; at most 10, and 5 minutes old. */
  pipelinesThatDeployed(scope: HarnessScope, service: string): Promise<PipelineOfService[]>;
  /** The pipelines of a project whose tag `service` is this; at most 20, and 5 minutes old. */
  pipelinesTagged(scope: HarnessScope, service: string): Promise<FoundPipeline[]>;
  /**
   * The tags of pipelines of a project, by their identifiers, as Harness lists them: of at most 100, and 5 minutes old.
   * Those that it does not list are left out.
   */
  tagsOfPipelines(scope: HarnessScope, pipelines: string[]): Promise<Record<string, Record<string, string>>>;
  /** A pipeline of the scope, at most 30 s old, or the last known one while Harness cannot be asked or is slow. */
  getPipeline(pipeline: PipelineRef): Promise<Known<LivePipeline>>;
  /** The saved input sets and overlays of a pipeline, the last changed first. */
  listInputSets(pipeline: PipelineRef): Promise<InputSetSummary[]>;
  /** What input sets of a pipeline answer together, a later one winning, and what is wrong with them. */
  savedInputs(pipeline: PipelineRef, inputSets: string[]): Promise<SavedInputs>;
  /**
   * Whether an entity may see a pipeline: by what the config repo says of it and by its tags, at most 5 minutes old.
   * While Harness cannot be asked, what the config repo says is enough; a pipeline that is in none fails then. Whoever
   * knows the tags gives them, and nothing is asked.
   */
  judgeReading(target: EntityPipeline, tags?: Record<string, string>): Promise<Ownership>;
  /**
   * Checks a deploy request, given as the JSON text that a person or a program sent: against the rules of its service,
   * without calling Harness, and where none is broken against the live pipeline. Throws `FOREIGN_PIPELINE` where the
   * entity may not run it.
   */
  checkDeploy(requestText: string, target: EntityPipeline): Promise<DeployCheck>;
  /**
   * Starts a checked deployment, once. `startedBy` is an entity ref and goes into the execution's notes, as `nonce`
   * does: a text that no other run has, 8 to 64 letters, digits, `-` and `_`. Throws `OUTCOME_UNKNOWN` where the answer
   * was lost, and `findStarted` may tell whether it was started; that goes for `INTERNAL` as well.
   */
  deploy(deployment: AllowedDeployment, options: { startedBy: string; nonce: string }): Promise<StartedDeployment>;
  /**
   * Looks for a run whose answer was lost, for about 20 s; starts nothing. `others` are executions that are known to be
   * other runs. Undefined where it is not found: it may have been started all the same. Throws `FORBIDDEN` where a policy
   * refused it.
   */
  findStarted(pipeline: PipelineRef, lost: LostRun, others: string[]): Promise<StartedDeployment | undefined>;
  /**
   * Looks once for runs of a pipeline whose answers were lost, all of them at a time; starts nothing. `others` are
   * executions that are known to be other runs.
   */
  lookForStarted(pipeline: PipelineRef, lost: LostRun[], others: string[]): Promise<LostRunsSeen>;
  /** What a node of a pipeline's execution asks for; undefined where it does not wait for anything now. */
  getInputQuestion(pipeline: PipelineRef, of: ExecutionNode): Promise<InputQuestion | undefined>;
  /**
   * Checks an answer to what a run asks for, given as JSON text, and sends one that is right, once. Throws
   * `FOREIGN_PIPELINE` where the entity may not run the pipeline, and `OUTCOME_UNKNOWN` where it is not known whether
   * Harness took the answer.
   */
  answerInput(requestText: string, target: EntityPipeline, of: ExecutionNode): Promise<AnswerOutcome>;
  /**
   * What may be chosen in a project: what the key may use in a run, or where Harness does not say that to a key, what it
   * may see. At most a minute old, or the last known while Harness cannot be asked.
   */
  listChoices(scope: HarnessScope, question: ChoiceQuestion): Promise<Known<ChoiceList>>;
  /**
   * What a chosen service, artifact source or environment asks for in place of the object at a pointer of a pipeline's inputs. At most a
   * minute old, or the last known while Harness cannot be asked.
   */
  listAsked(pipeline: PipelineRef, pointer: string, question: AskedQuestion): Promise<Known<RuntimeInput[]>>;
  /**
   * The tags or versions of the artifact that an input of a pipeline belongs to, in the registry's order, at most 10,000.
   * A delegate of Harness asks the registry: that may take longer than a minute. At most a minute old, or the last known
   * while they are read again.
   */
  listTags(pipeline: PipelineRef, question: TagQuestion): Promise<Known<string[]>>;
  /** The page of a pipeline's executions in Harness's own user interface. */
  executionsUrl(pipeline: PipelineRef): Promise<string>;
  /**
   * A page of deployments, newest execution first, without the stages that were skipped; with `allRuns` also those
   * executions that succeeded without deploying, a row each.
   */
  listDeployments(
    scope: HarnessScope,
    query: ExecutionQuery,
    options?: Pick<HistoryOptions, 'allRuns'>,
  ): Promise<HistoryPage>;
  /**
   * Asks what a record of all that ran needs next, if anything; what is to be stored, whatever became of it. Pages and
   * people go first. Throws where nothing can be asked at all.
   */
  syncDeployments(question: SyncQuestion): Promise<SyncTurn>;
  /** How far one execution is: read once for all who ask, again after 2 s, or 10 s while it waits, and no more once it has ended. */
  getExecution(scope: HarnessScope, executionId: string): Promise<ExecutionProgress>;
}

/** An account of Harness, and the client on its key, or why there is none. */
export interface Account {
  reach: AccountReach;
  client: HarnessClient | HarnessFailure;
}

/** The service over the WebAssembly module. */
export class DefaultHarnessCdService implements HarnessCdService {
  readonly accounts: readonly AccountReach[];
  readonly #pipelines = new LastKnown<PipelineRef, LivePipeline>({
    read: pipeline =>
      this.#askAbout(pipeline, () => this.#ask(pipeline, 'read a pipeline', client => client.getPipeline(pipeline))),
    freshFor: () => PIPELINE_FRESH_MS,
    max: MAX_PIPELINES,
    patienceMs: PATIENCE_MS,
  });
  readonly #inputSets = new LastKnown<PipelineRef, InputSetSummary[]>({
    read: pipeline => this.#ask(pipeline, 'list input sets', client => client.listInputSets(pipeline)),
    freshFor: () => INPUT_SETS_FRESH_MS,
    max: MAX_PIPELINES,
  });
  readonly #savedInputs = new LastKnown<{ pipeline: PipelineRef; inputSets: string[] }, SavedInputs>({
    read: ({ pipeline, inputSets }) =>
      this.#ask(pipeline, 'read input sets', client => client.savedInputs(pipeline, inputSets)),
    freshFor: () => INPUT_SETS_FRESH_MS,
    max: MAX_PIPELINES,
  });
  readonly #tags = new LastKnown<PipelineRef, LivePipeline['tags']>({
    // Tags that are about to be read again must not be taken for fresh.
    read: pipeline => this.#readTags(pipeline),
    freshFor: () => TAGS_FRESH_MS,
    max: MAX_PIPELINES,
    patienceMs: PATIENCE_MS,
  });
  readonly #tagsOfEach = new LastKnown<
    { scope: HarnessScope; pipelines: string[] },
    Record<string, Record<string, string>>
  >({
    read: ({ scope, pipelines }) =>
      this.#ask(scope, 'list the tags of pipelines', client => client.tagsOfPipelines(scope, pipelines)),
    freshFor: () => TAGS_FRESH_MS,
    max: MAX_FOUND,
    patienceMs: PATIENCE_MS,
  });
  readonly #deployers = new LastKnown<{ scope: HarnessScope; service: string }, PipelineOfService[]>({
    read: ({ scope, service }) => this.#readDeployers(scope, service),
    freshFor: () => FOUND_FRESH_MS,
    max: MAX_FOUND,
  });
  readonly #tagged = new LastKnown<{ scope: HarnessScope; service: string }, FoundPipeline[]>({
    read: ({ scope, service }) =>
      this.#ask(scope, 'look for pipelines by their tag', client => client.pipelinesTagged(scope, service)),
    freshFor: () => FOUND_FRESH_MS,
    max: MAX_FOUND,
  });
  readonly #choices = new LastKnown<{ scope: HarnessScope; question: ChoiceQuestion }, ChoiceList>({
    read: ({ scope, question }) =>
      this.#ask(scope, 'list what may be chosen', client => client.listChoices(scope, question)),
    freshFor: () => CHOICES_FRESH_MS,
    max: MAX_CHOICES,
  });
  readonly #asked = new LastKnown<{ pipeline: PipelineRef; pointer: string; question: AskedQuestion }, RuntimeInput[]>({
    read: ({ pipeline, pointer, question }) =>
      this.#ask(pipeline, 'read what was chosen asks for', client => client.listAsked(pipeline, pointer, question)),
    freshFor: () => CHOICES_FRESH_MS,
    max: MAX_CHOICES,
  });
  readonly #tagLists = new LastKnown<{ pipeline: PipelineRef; question: TagQuestion }, string[]>({
    read: ({ pipeline, question }) =>
      this.#ask(pipeline, 'list the tags of an artifact', client => client.listTags(pipeline, question)),
    freshFor: () => CHOICES_FRESH_MS,
    max: MAX_TAG_LISTS,
    retryMs: TAGS_RETRY_MS,
    patienceMs: PATIENCE_MS,
  });
  readonly #executions = new LastKnown<{ scope: HarnessScope; id: string }, ExecutionProgress>({
    read: ({ scope, id }) => this.#ask(scope, 'read an execution', client => client.getExecution(scope, id)),
    freshFor: (progress, before) => {
      if (isTerminal(progress.phase)) return ENDED_EXECUTION_FRESH_MS;
      return isAtWork(progress.phase) ? AT_WORK_FRESH_MS : whileWaiting(progress, before);
    },
    max: MAX_EXECUTIONS,
    // Where a run stood before says nothing of where it is, unless it had ended.
    stands: progress => isTerminal(progress.phase),
    patienceMs: PATIENCE_MS,
  });

  constructor(
    private readonly options: {
      accounts: Account[];
      configRepos: ConfigRepos;
      logger: LoggerService;
      trust: AnnotationTrust;
    },
  ) {
    this.accounts = options.accounts.map(({ reach }) => reach);
  }

  /** Reads one execution of each account: a key, an account or a project that Harness refuses is in the log. */
  async tryAccess(): Promise<void> {
    const tries = this.accounts.map(async account => {
      const [scope] = projectsInFull(account);
      // Of an account of patterns alone no project is known before an entity names one.
      if (!scope) return;
      const purpose = `read ${scopeText(scope)}, which harnessCd in app-config names`;
      await this.#ask(scope, purpose, client => client.listDeployments(scope, { size: 1 }, {}));
    });
    await Promise.allSettled(tries); // the log has it
  }

  readAnnotations(annotations: Record<string, string>): HarnessAnnotations {
    return readAnnotations(annotations);
  }

  async deployRules(pipeline: PipelineRef): Promise<DeployRules | undefined> {
    return this.options.configRepos.rulesOfPipeline(pipeline);
  }

  async deployRulesOfEach(
    scope: HarnessScope,
    pipelines: PipelineRef[],
  ): Promise<(DeployRules | undefined | 'stopped')[]> {
    return this.options.configRepos.rulesOfEach(scope, pipelines);
  }

  async deployRulesOfService(scope: HarnessScope, service: string): Promise<DeployRules | undefined> {
    return this.options.configRepos.rulesOfService(scope, service);
  }

  async deployRulesNamed(pipeline: string): Promise<DeployRules[]> {
    return this.options.configRepos.rulesNamed(pipeline);
  }

  async pipelinesThatDeployed(scope: HarnessScope, service: string): Promise<PipelineOfService[]> {
    const own = this.#own(`The service ${service}`, scope);
    return (await this.#deployers.ask({ scope: own, service })).value;
  }

  async pipelinesTagged(scope: HarnessScope, service: string): Promise<FoundPipeline[]> {
    const own = this.#own('The project', scope);
    return (await this.#tagged.ask({ scope: own, service })).value;
  }

  async tagsOfPipelines(scope: HarnessScope, pipelines: string[]): Promise<Record<string, Record<string, string>>> {
    const own = this.#own('The project', scope);
    return (await this.#tagsOfEach.ask({ scope: own, pipelines })).value;
  }

  async getPipeline(pipeline: PipelineRef): Promise<Known<LivePipeline>> {
    return this.#pipelines.ask(this.#ownPipeline(pipeline));
  }

  async listInputSets(pipeline: PipelineRef): Promise<InputSetSummary[]> {
    return (await this.#inputSets.ask(this.#ownPipeline(pipeline))).value;
  }

  async savedInputs(pipeline: PipelineRef, inputSets: string[]): Promise<SavedInputs> {
    return (await this.#savedInputs.ask({ pipeline: this.#ownPipeline(pipeline), inputSets })).value;
  }

  async judgeReading(
    { entityRef, pipeline, rules }: EntityPipeline,
    given?: Record<string, string>,
  ): Promise<Ownership> {
    const own = this.#ownPipeline(pipeline);
    const declared = rules && { service: rules.service, entity: rules.entity };
    const asked = async () => (declared ? this.#tagsIfKnown(own) : (await this.#tags.ask(own)).value);
    const tags = given ?? (await asked());
    const question = { entity: entityRef, pipeline: own.pipeline, declared, tags };
    return judgeOwnership({ ...question, act: 'read', trust: this.options.trust });
  }

  async checkDeploy(requestText: string, target: EntityPipeline): Promise<DeployCheck> {
    const { entityRef, rules } = target;
    const pipeline = this.#ownPipeline(target.pipeline);
    const claim = { entity: entityRef, trust: this.options.trust };
    return this.#askAbout(pipeline, () =>
      this.#ask(pipeline, 'check a deployment', client =>
        client.checkDeploy({ request: requestText, pipeline, rules, claim }),
      ),
    );
  }

  async deploy(
    deployment: AllowedDeployment,
    options: { startedBy: string; nonce: string },
  ): Promise<StartedDeployment> {
    const { startedBy, nonce } = options;
    const own = this.#ownPipeline(deployment.pipeline);
    const outcome = await this.#ask(own, 'start a deployment', client =>
      client.startDeployment(deployment, `Backstage by ${startedBy}`, nonce),
    );
    if (outcome.kind === 'denied') throw deniedRun(outcome.messages);
    this.options.logger.info(`${startedBy} started execution ${outcome.executionId} of ${own.pipeline}`);
    return outcome;
  }

  async findStarted(pipeline: PipelineRef, lost: LostRun, others: string[]): Promise<StartedDeployment | undefined> {
    const own = this.#ownPipeline(pipeline);
    const found = await this.#ask(own, 'look for a run', client => client.findStarted(own, lost, others));
    if (found?.kind === 'denied') throw deniedRun(found.messages);
    return found ?? undefined;
  }

  async lookForStarted(pipeline: PipelineRef, lost: LostRun[], others: string[]): Promise<LostRunsSeen> {
    const own = this.#ownPipeline(pipeline);
    const { found, complete } = await this.#ask(own, 'look for runs', client =>
      client.lookForStarted(own, lost, others),
    );
    const outcomes = found.map(
      ({ nonce, outcome }) => [nonce, outcome.kind === 'denied' ? deniedRun(outcome.messages) : outcome] as const,
    );
    return { found: new Map(outcomes), complete };
  }

  async getInputQuestion(pipeline: PipelineRef, of: ExecutionNode): Promise<InputQuestion | undefined> {
    const own = this.#ownPipeline(pipeline);
    const question = await this.#ask(own, 'read what a run asks for', client =>
      client.inputQuestion(own, of.executionId, of.node),
    );
    return question ?? undefined;
  }

  async answerInput(requestText: string, target: EntityPipeline, of: ExecutionNode): Promise<AnswerOutcome> {
    const { entityRef, rules } = target;
    const { executionId: execution, node } = of;
    const pipeline = this.#ownPipeline(target.pipeline);
    const claim = { entity: entityRef, trust: this.options.trust };
    try {
      return await this.#ask(pipeline, 'answer what a run asks for', client =>
        client.answerInput({ request: requestText, pipeline, rules, claim, execution, node }),
      );
    } finally {
      // Whatever became of it, what was known of the run is of before.
      this.#executions.forget(({ id }) => id === execution);
    }
  }

  async listChoices(scope: HarnessScope, { of, within, search }: ChoiceQuestion): Promise<Known<ChoiceList>> {
    const own = this.#own('What may be chosen', scope);
    return this.#choices.ask({ scope: own, question: { of, within, search } });
  }

  async listAsked(
    pipeline: PipelineRef,
    pointer: string,
    { of, service, environment, infrastructure, source }: AskedQuestion,
  ): Promise<Known<RuntimeInput[]>> {
    const own = this.#ownPipeline(pipeline);
    const question = { of, service, environment, infrastructure, source };
    return this.#asked.ask({ pipeline: own, pointer, question });
  }

  async listTags(pipeline: PipelineRef, { input, service, source }: TagQuestion): Promise<Known<string[]>> {
    return this.#tagLists.ask({ pipeline: this.#ownPipeline(pipeline), question: { input, service, source } });
  }

  async executionsUrl(pipeline: PipelineRef): Promise<string> {
    const own = this.#ownPipeline(pipeline);
    return this.#ask(own, "name the page of a pipeline's executions", client => client.executionsPage(own));
  }

  async listDeployments(
    scope: HarnessScope,
    query: ExecutionQuery,
    options: Pick<HistoryOptions, 'allRuns'> = {},
  ): Promise<HistoryPage> {
    const own = this.#own('The history', scope);
    const { regions, environments } = await this.options.configRepos.placesOf(own);
    const text = await this.#ask(own, 'list deployments', client =>
      client.listDeployments(own, query, { regions, environments, ...options }),
    );
    const page: HistoryPage = JSON.parse(text);
    this.#logQuarantined(page);
    return page;
  }

  async syncDeployments({ scope, pipelines, state, backMs, hints, untold }: SyncQuestion): Promise<SyncTurn> {
    const own = this.#own('The history', scope);
    const { regions, environments } = await this.options.configRepos.placesOf(own);
    const question = { scope: own, pipelines, state, backMs, hints, untold };
    const text = await this.#ask(own, 'read what ran', client =>
      client.syncDeployments(question, { regions, environments }),
    );
    const turn: SyncTurn = JSON.parse(text);
    if (turn.kind === 'learnt') this.#logQuarantined(turn.changes);
    if (turn.kind === 'failed') this.#logFailure(own, 'read what ran', turn.failure);
    return turn;
  }

  async getExecution(scope: HarnessScope, executionId: string): Promise<ExecutionProgress> {
    const own = this.#own(`The execution ${executionId}`, scope);
    return (await this.#executions.ask({ scope: own, id: executionId })).value;
  }

  /** One line for an answer, however much of it cannot be read: an answer may be made to fill a log. */
  #logQuarantined({
    quarantined,
    quarantinedTotal = quarantined.length,
  }: Pick<HistoryPage, 'quarantined' | 'quarantinedTotal'>): void {
    const [first] = quarantined;
    if (!first) return;
    const { pointer, executionId, reason } = first;
    this.options.logger.warn(
      `Left ${quarantinedTotal} rows out of the history that cannot be read; the first: ${reason}`,
      { pointer, ...(executionId ? { executionId } : {}) },
    );
  }

  /** The tags of a pipeline whose owner is known without them. */
  async #tagsIfKnown(pipeline: PipelineRef): Promise<LivePipeline['tags'] | undefined> {
    const tags = this.#tags.ask(pipeline).then(
      known => known.value,
      () => undefined,
    );
    return Promise.race([tags, wait(TAGS_PATIENCE_MS, undefined, { ref: false })]);
  }

  async #readTags(pipeline: PipelineRef): Promise<LivePipeline['tags']> {
    try {
      return (await this.#pipelines.ask(pipeline, { toTheEnd: true })).value.tags;
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      // Its history may be shown all the same: whose it is, Harness's list says as well.
      const tags = await this.#ask(pipeline, 'look for a pipeline', client => client.listedTags(pipeline));
      if (tags === null) throw error;
      return tags;
    }
  }

  async #readDeployers(scope: HarnessScope, service: string): Promise<PipelineOfService[]> {
    const text = await this.#ask(scope, 'look for the pipelines of a service', client =>
      client.listDeployments(scope, { services: [service], size: LATELY }, {}),
    );
    const { deployments }: HistoryPage = JSON.parse(text);
    const names = new Map(deployments.map(({ pipeline, pipelineName = pipeline }) => [pipeline, pipelineName]));
    return [...names].slice(0, MOST_FOUND).map(([pipeline, name]) => ({ pipeline, name }));
  }

  /** A pipeline of this portal's projects, and nothing else that a reference may have beside it. */
  #ownPipeline(ref: PipelineRef): PipelineRef {
    const { pipeline, branch } = ref;
    return { ...this.#own(`The pipeline ${pipeline}`, ref), pipeline, ...(branch ? { branch } : {}) };
  }

  /** The scope of something, where it is one of this portal's; the key may reach further. */
  #own(what: string, scope: HarnessScope): HarnessScope {
    const { account, org, project } = scope;
    const own = { account, org, project };
    refuseOutOfReach(what, own, this.accounts);
    return own;
  }

  /** The client on the key of an account. */
  #clientOf(account: string): HarnessClient {
    const client = this.options.accounts.find(({ reach }) => reach.id === account)?.client;
    if (!client || client instanceof Error) throw client ?? new Error(`there is no key of the account ${account}`);
    return client;
  }

  /** An answer about a pipeline; where there is none of that identifier, the failure names the one that may be meant. */
  async #askAbout<T>(ref: PipelineRef, ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      if (!isHarnessFailure(error) || error.code !== 'PIPELINE_NOT_FOUND') throw error;
      const meant = nearestName(ref.pipeline, await this.options.configRepos.pipelinesOf(ref).catch(() => []));
      if (meant === undefined) throw error;
      const { code, message, hint, correlationId } = error;
      throw harnessFailure(code, message, { hint: `Did you mean ${meant}? ${hint}`, correlationId });
    }
  }

  #logFailure(
    { account }: Pick<HarnessScope, 'account'>,
    purpose: string,
    { code, correlationId, message }: Pick<HarnessFailure, 'code' | 'correlationId' | 'message'>,
  ): void {
    this.options.logger.warn(`Harness CD could not ${purpose}: ${message}`, {
      account,
      code,
      ...(correlationId ? { correlationId } : {}),
    });
  }

  async #ask<T>(
    { account }: Pick<HarnessScope, 'account'>,
    purpose: string,
    call: (client: HarnessClient) => Promise<T>,
  ): Promise<T> {
    try {
      return await call(this.#clientOf(account));
    } catch (error) {
      const failure = fromModuleError(error);
      if (isHarnessFailure(failure)) this.#logFailure({ account }, purpose, failure);
      throw failure;
    }
  }
}

/** Whether Harness, or this plugin, cannot read a pipeline that may be there: a branch that is gone is such a one. */
function isUnreadable(error: unknown): boolean {
  const codes: FailureCode[] = ['PIPELINE_NOT_FOUND', 'INVALID_REQUEST', 'MALFORMED_RESPONSE'];
  return isHarnessFailure(error) && codes.includes(error.code);
}

function deniedRun(messages: string[]): HarnessFailure {
  return harnessFailure('FORBIDDEN', `A policy of Harness refused the run: ${messages.join('; ')}`, {
    hint: 'Meet what the policy asks for, or ask its owner.',
  });
}
