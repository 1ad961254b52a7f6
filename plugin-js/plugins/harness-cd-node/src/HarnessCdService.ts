import { randomUUID } from 'node:crypto';
import type { LoggerService } from '@backstage/backend-plugin-api';
import type {
  DeployRequest,
  DeployRules,
  ExecutionProgress,
  ExecutionQuery,
  HarnessAnnotations,
  HarnessScope,
  HistoryOptions,
  HistoryPage,
  RunOutcome,
  RuntimeInput,
  Violation,
} from 'backstage-plugin-harness-cd-common';
import { deploymentRun, HarnessClient, readAnnotations, runtimeInputs, validateDeploy } from 'harness-cd-wasm';
import type { ConfigRepo } from './ConfigRepo';
import { fromModuleError, harnessFailure, isHarnessFailure } from './errors';

/**
 * A pipeline as it is in Harness now.
 *
 * @public
 */
export interface LivePipeline {
  identifier: string;
  /** Its text. */
  yaml: string;
  /** What it asks for, in its order. */
  inputs: RuntimeInput[];
  /** Its page in Harness's own user interface. */
  url: string;
}

/**
 * A deploy request after its check: one that may run, with the pipeline it was checked against, or every reason that
 * speaks against it.
 *
 * @public
 */
export type DeployCheck =
  | { kind: 'allowed'; request: DeployRequest; pipeline: LivePipeline }
  | { kind: 'rejected'; violations: Violation[] };

/**
 * A run that Harness accepted.
 *
 * @public
 */
export type StartedDeployment = Extract<RunOutcome, { kind: 'started' }>;

/**
 * Harness CD for backends. Failures are classes of `@backstage/errors` with the fields of {@link HarnessFailure}.
 *
 * @public
 */
export interface HarnessCdService {
  /** The account, organization and project of every call. */
  readonly scope: HarnessScope;
  /** What an entity's annotations say of Harness. */
  readAnnotations(annotations: Record<string, string>): HarnessAnnotations;
  /** The rules of the service that a pipeline deploys, by the pipeline's identifier or its name. */
  deployRules(pipeline: string): Promise<DeployRules | undefined>;
  /** The rules of a service, by its identifier in Harness. */
  deployRulesOfService(service: string): Promise<DeployRules | undefined>;
  /** Reads a pipeline, by its identifier. */
  getPipeline(identifier: string): Promise<LivePipeline>;
  /**
   * Checks a deploy request, given as the JSON text that a person or a program sent: against the rules of its service,
   * without calling Harness, and where none is broken against the live pipeline. A pipeline that is in no config repo
   * has no rules.
   */
  checkDeploy(requestText: string, target: { pipeline: string; rules?: DeployRules }): Promise<DeployCheck>;
  /** Starts a checked deployment, once. `startedBy` is an entity ref and goes into the execution's notes. */
  deploy(options: { pipeline: LivePipeline; request: DeployRequest; startedBy: string }): Promise<StartedDeployment>;
  /** A page of deployments, newest execution first, without the stages that were skipped. */
  listDeployments(query: ExecutionQuery): Promise<HistoryPage>;
  /** How far one execution is. */
  getExecution(executionId: string): Promise<ExecutionProgress>;
}

/** The service over the WebAssembly module. */
export class DefaultHarnessCdService implements HarnessCdService {
  readonly scope: HarnessScope;

  constructor(
    private readonly options: {
      client: HarnessClient;
      configRepo: ConfigRepo;
      logger: LoggerService;
      scope: HarnessScope;
      /** The origin of Harness's user interface. */
      uiBase: string;
    },
  ) {
    this.scope = options.scope;
  }

  readAnnotations(annotations: Record<string, string>): HarnessAnnotations {
    return readAnnotations(annotations);
  }

  async deployRules(pipeline: string): Promise<DeployRules | undefined> {
    const { rules } = await this.options.configRepo.platform();
    return rules.find(rule => rule.pipeline === pipeline || `${rule.service}-cd` === pipeline);
  }

  async deployRulesOfService(service: string): Promise<DeployRules | undefined> {
    const { rules } = await this.options.configRepo.platform();
    return rules.find(rule => rule.serviceIdentifier === service);
  }

  async getPipeline(identifier: string): Promise<LivePipeline> {
    const { yaml } = await this.#ask('read a pipeline', client => client.getPipeline(identifier));
    const { inputs, diagnostics } = runtimeInputs(identifier, yaml);
    if (diagnostics.length > 0) {
      const [{ message, range }] = diagnostics;
      throw harnessFailure(
        'MALFORMED_RESPONSE',
        `The pipeline ${identifier} cannot be read here: ${message} (line ${range.line}).`,
        { hint: 'Start it in Harness.' },
      );
    }
    return { identifier, yaml, inputs, url: this.#pageOf(identifier) };
  }

  async checkDeploy(requestText: string, target: { pipeline: string; rules?: DeployRules }): Promise<DeployCheck> {
    const { rules } = target;
    // What breaks the rules is known without asking Harness.
    const byRules = rules && validateDeploy(requestText, { rules }, Date.now());
    if (byRules?.kind === 'rejected') return byRules;
    const pipeline = await this.getPipeline(target.pipeline);
    const verdict = validateDeploy(requestText, { rules, inputs: pipeline.inputs }, Date.now());
    // What the check allowed is an object of exactly the fields of a request.
    return verdict.kind === 'allowed' ? { kind: 'allowed', request: JSON.parse(requestText), pipeline } : verdict;
  }

  async deploy(options: {
    pipeline: LivePipeline;
    request: DeployRequest;
    startedBy: string;
  }): Promise<StartedDeployment> {
    const { pipeline, request, startedBy } = options;
    const { identifier, yaml } = pipeline;
    const outcome = await this.#ask('start a deployment', client =>
      client.runPipeline(deploymentRun(identifier, yaml, request, `Backstage by ${startedBy}`, randomUUID())),
    );
    if (outcome.kind === 'denied') {
      throw harnessFailure('FORBIDDEN', `A policy of Harness refused the run: ${outcome.messages.join('; ')}`, {
        hint: 'Meet what the policy asks for, or ask its owner.',
      });
    }
    this.options.logger.info(`${startedBy} started execution ${outcome.executionId} of ${identifier}`);
    return outcome;
  }

  async listDeployments(query: ExecutionQuery): Promise<HistoryPage> {
    const options = await this.#historyOptions();
    const text = await this.#ask('list deployments', client => client.listDeployments(query, options));
    const page: HistoryPage = JSON.parse(text);
    page.quarantined.forEach(({ pointer, executionId, reason }) =>
      this.options.logger.warn(`Left an execution out of the history: ${reason}`, {
        pointer,
        ...(executionId ? { executionId } : {}),
      }),
    );
    return page;
  }

  async getExecution(executionId: string): Promise<ExecutionProgress> {
    const options = await this.#historyOptions();
    return this.#ask('read an execution', client => client.getExecution(executionId, options));
  }

  #pageOf(pipeline: string): string {
    const { account, org, project } = this.scope;
    const page = `account/${account}/module/cd/orgs/${org}/projects/${project}/pipelines/${pipeline}/pipeline-studio/`;
    return `${this.options.uiBase}/ng/${page}`;
  }

  // Without the config repo there is still a history; only its regions are not known.
  async #historyOptions(): Promise<HistoryOptions> {
    const { configRepo, scope, uiBase } = this.options;
    const regions = await configRepo.platform().then(
      platform => platform.regions,
      () => [],
    );
    return { uiBase, account: scope.account, regions, skipped: false };
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
