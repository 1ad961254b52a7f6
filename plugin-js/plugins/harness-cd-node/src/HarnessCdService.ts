import { randomUUID } from 'node:crypto';
import type { LoggerService } from '@backstage/backend-plugin-api';
import {
  isTerminal,
  type AllowedDeployment,
  type DeployCheck,
  type DeployRules,
  type ExecutionProgress,
  type ExecutionQuery,
  type HarnessAnnotations,
  type HarnessScope,
  type HistoryPage,
  type LivePipeline,
  type PipelineRef,
  type RunOutcome,
} from 'backstage-plugin-harness-cd-common';
import { type HarnessClient, readAnnotations } from 'harness-cd-wasm';
import type { ConfigRepo } from './ConfigRepo';
import { fromModuleError, harnessFailure, isHarnessFailure } from './errors';
import { LastKnown, slowerWhileUnchanged, type Known } from './LastKnown';
import { refuseOtherScope, scopeText } from './scope';

/** Long enough for the people who open a dialog at the same time, short enough for a change to be seen at once. */
const PIPELINE_FRESH_MS = 30_000;
const ENDED_EXECUTION_FRESH_MS = 10 * 60_000;
const MAX_PIPELINES = 200;
const MAX_EXECUTIONS = 500;

const whileAtWork = slowerWhileUnchanged<ExecutionProgress>({ minMs: 2_000, maxMs: 10_000 });

/**
 * A run that Harness accepted.
 *
 * @public
 */
export type StartedDeployment = Extract<RunOutcome, { kind: 'started' }>;

/**
 * A pipeline, and the rules of the service that it deploys; a pipeline that is in no config repo has none.
 *
 * @public
 */
export interface RuledPipeline {
  /** The pipeline. */
  pipeline: PipelineRef;
  /** The rules of the service that it deploys; absent where it is in no config repo. */
  rules?: DeployRules;
}

/**
 * Harness CD for backends. Failures are classes of `@backstage/errors` with the fields of {@link HarnessFailure}.
 *
 * @public
 */
export interface HarnessCdService {
  /** The account, organization and project of this portal; what is in another one is refused. */
  readonly scope: HarnessScope;
  /** What an entity's annotations say of Harness. */
  readAnnotations(annotations: Record<string, string>): HarnessAnnotations;
  /** The rules of the service that a pipeline deploys, by the pipeline's identifier or its name. */
  deployRules(pipeline: PipelineRef): Promise<DeployRules | undefined>;
  /** The rules of a service, by its identifier in Harness. */
  deployRulesOfService(service: string): Promise<DeployRules | undefined>;
  /** A pipeline of the scope, at most 30 s old, or the last known one while Harness cannot be asked. */
  getPipeline(pipeline: PipelineRef): Promise<Known<LivePipeline>>;
  /**
   * Checks a deploy request, given as the JSON text that a person or a program sent: against the rules of its service,
   * without calling Harness, and where none is broken against the live pipeline.
   */
  checkDeploy(requestText: string, target: RuledPipeline): Promise<DeployCheck>;
  /** Starts a checked deployment, once. `startedBy` is an entity ref and goes into the execution's notes. */
  deploy(deployment: AllowedDeployment, options: { startedBy: string }): Promise<StartedDeployment>;
  /** A page of deployments, newest execution first, without the stages that were skipped. */
  listDeployments(scope: HarnessScope, query: ExecutionQuery): Promise<HistoryPage>;
  /** How far one execution is: read once for all who ask, again after 2 to 10 s, and no more once it has ended. */
  getExecution(scope: HarnessScope, executionId: string): Promise<ExecutionProgress>;
}

/** The service over the WebAssembly module. */
export class DefaultHarnessCdService implements HarnessCdService {
  readonly scope: HarnessScope;
  readonly #pipelines = new LastKnown<PipelineRef, LivePipeline>({
    read: pipeline => this.#ask('read a pipeline', client => client.getPipeline(pipeline)),
    freshFor: () => PIPELINE_FRESH_MS,
    max: MAX_PIPELINES,
  });
  readonly #executions = new LastKnown<{ scope: HarnessScope; id: string }, ExecutionProgress>({
    read: ({ scope, id }) => this.#ask('read an execution', client => client.getExecution(scope, id)),
    freshFor: (progress, before) =>
      isTerminal(progress.phase) ? ENDED_EXECUTION_FRESH_MS : whileAtWork(progress, before),
    max: MAX_EXECUTIONS,
  });

  constructor(
    private readonly options: {
      client: HarnessClient;
      configRepo: ConfigRepo;
      logger: LoggerService;
      scope: HarnessScope;
    },
  ) {
    this.scope = options.scope;
  }

  /** Reads one execution of the project: a key, an account or a project that Harness refuses is in the log. */
  async tryAccess(): Promise<void> {
    const purpose = `read ${scopeText(this.scope)}, which harnessCd in app-config names`;
    await this.#ask(purpose, client => client.listDeployments(this.scope, { size: 1 }, []));
  }

  readAnnotations(annotations: Record<string, string>): HarnessAnnotations {
    return readAnnotations(annotations);
  }

  async deployRules({ org, project, pipeline }: PipelineRef): Promise<DeployRules | undefined> {
    const { rules } = await this.options.configRepo.platform();
    const isCalled = (rule: DeployRules) => rule.pipeline === pipeline || rule.pipelineName === pipeline;
    return rules.find(rule => rule.org === org && rule.project === project && isCalled(rule));
  }

  async deployRulesOfService(service: string): Promise<DeployRules | undefined> {
    const { rules } = await this.options.configRepo.platform();
    return rules.find(rule => rule.serviceIdentifier === service);
  }

  async getPipeline(pipeline: PipelineRef): Promise<Known<LivePipeline>> {
    const scope = this.#own(`The pipeline ${pipeline.pipeline}`, pipeline);
    return this.#pipelines.ask({ ...scope, pipeline: pipeline.pipeline });
  }

  async checkDeploy(requestText: string, { pipeline, rules }: RuledPipeline): Promise<DeployCheck> {
    this.#own(`The pipeline ${pipeline.pipeline}`, pipeline);
    return this.#ask('check a deployment', client => client.checkDeploy(requestText, pipeline, rules));
  }

  async deploy(deployment: AllowedDeployment, options: { startedBy: string }): Promise<StartedDeployment> {
    const { startedBy } = options;
    this.#own(`The pipeline ${deployment.pipeline.pipeline}`, deployment.pipeline);
    const outcome = await this.#ask('start a deployment', client =>
      client.startDeployment(deployment, `Backstage by ${startedBy}`, randomUUID()),
    );
    if (outcome.kind === 'denied') {
      throw harnessFailure('FORBIDDEN', `A policy of Harness refused the run: ${outcome.messages.join('; ')}`, {
        hint: 'Meet what the policy asks for, or ask its owner.',
      });
    }
    this.options.logger.info(
      `${startedBy} started execution ${outcome.executionId} of ${deployment.pipeline.pipeline}`,
    );
    return outcome;
  }

  async listDeployments(scope: HarnessScope, query: ExecutionQuery): Promise<HistoryPage> {
    const own = this.#own('The history', scope);
    const regions = await this.#regions();
    const text = await this.#ask('list deployments', client => client.listDeployments(own, query, regions));
    const page: HistoryPage = JSON.parse(text);
    page.quarantined.forEach(({ pointer, executionId, reason }) =>
      this.options.logger.warn(`Left an execution out of the history: ${reason}`, {
        pointer,
        ...(executionId ? { executionId } : {}),
      }),
    );
    return page;
  }

  async getExecution(scope: HarnessScope, executionId: string): Promise<ExecutionProgress> {
    const own = this.#own(`The execution ${executionId}`, scope);
    const { value, failure } = await this.#executions.ask({ scope: own, id: executionId });
    // Where a run stood before says nothing of where it is, unless it had ended.
    if (failure && !isTerminal(value.phase)) throw harnessFailure(failure.code, failure.message, failure);
    return value;
  }

  /** The scope of something, where it is that of this portal; the key may reach further. */
  #own(what: string, scope: HarnessScope): HarnessScope {
    refuseOtherScope(what, scope, this.scope);
    return this.scope;
  }

  // Without the config repo there is still a history; only its regions are not known.
  async #regions(): Promise<string[]> {
    return this.options.configRepo.platform().then(
      platform => platform.regions,
      () => [],
    );
  }

  async #ask<T>(purpose: string, call: (client: HarnessClient) => Promise<T>): Promise<T> {
    try {
      return await call(this.options.client);
    } catch (error) {
      const failure = fromModuleError(error);
      if (isHarnessFailure(failure)) {
        const { code, correlationId, message } = failure;
        this.options.logger.warn(`Harness CD could not ${purpose}: ${message}`, {
          code,
          ...(correlationId ? { correlationId } : {}),
        });
      }
      throw failure;
    }
  }
}
