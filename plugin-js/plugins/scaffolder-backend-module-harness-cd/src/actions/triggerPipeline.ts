import { setTimeout as wait } from 'node:timers/promises';
import type { LoggerService, PermissionsService } from '@backstage/backend-plugin-api';
import { ConfigReader, readDurationFromConfig } from '@backstage/config';
import { InputError, NotAllowedError } from '@backstage/errors';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import { durationToMilliseconds } from '@backstage/types';
import {
  DEPLOY_VARIABLES,
  type DeployRequest,
  type DeployRules,
  type ExecutionProgress,
  type FailureCode,
  harnessCdDeploymentCreatePermission,
  type InputValue,
  isTerminal,
  NOT_VISIBLE_YET_FAILURES,
  PASSING_FAILURES,
  type Violation,
} from 'backstage-plugin-harness-cd-common';
import { isHarnessFailure, type HarnessCdService, type StartedDeployment } from 'backstage-plugin-harness-cd-node';
import { examples } from './triggerPipeline.examples';

const POLL_INTERVAL_MS = 3_000;
const DEFAULT_TIMEOUT = { hours: 1 };

/** For so long a run that was just started may not be visible. */
const NOT_VISIBLE_MS = 30_000;

/**
 * `harness:trigger-pipeline`: deploys a service through its Harness pipeline, or runs any other pipeline of the project.
 *
 * @public
 */
export function createTriggerPipelineAction(options: {
  harnessCd: HarnessCdService;
  permissions: PermissionsService;
  /** How long to wait between two looks at a running execution, ms. */
  pollIntervalMs?: number;
}) {
  const { harnessCd, permissions, pollIntervalMs = POLL_INTERVAL_MS } = options;

  return createTemplateAction({
    id: 'harness:trigger-pipeline',
    description: 'Runs a Harness pipeline, after the same checks as on the page of the service it deploys',
    examples,
    supportsDryRun: true,
    schema: {
      input: {
        pipelineId: z => z.string().describe("The pipeline's identifier or name, for example payment-service-cd"),
        variables: z =>
          z
            .object({
              imageTag: z.string().optional().describe('For example v2.3.1'),
              targetEnvironment: z.string().optional().describe('For example int-stable'),
              targetRegion: z.string().optional().describe('For example euw1'),
            })
            .catchall(z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]))
            .describe(
              "The pipeline's runtime inputs, by the names of its variables; an input that is no variable by its JSON pointer. A pipeline of the config repo takes the three named ones",
            ),
        changeTicket: z => z.string().optional().describe('For example CHG-1234; some environments require it'),
        rollbackPlan: z => z.string().optional().describe('How to go back; some environments require it'),
        businessJustification: z => z.string().optional().describe('Why now'),
        wait: z => z.boolean().optional().describe('Wait until the execution ends, and fail if it does not succeed'),
        timeout: z =>
          z
            .union([z.string(), z.record(z.number())])
            .optional()
            .describe("How long to wait, for example '30m', 'PT30M' or { minutes: 30 }; one hour by default"),
      },
      output: {
        executionId: z => z.string().describe('The execution in Harness'),
        executionUrl: z => z.string().describe("The execution's page in Harness"),
        status: z => z.string().describe('The status of the execution when the step ended'),
      },
    },
    async handler(ctx) {
      const { pipelineId, variables, ...record } = ctx.input;
      const timeoutMs = readTimeout(ctx.input.timeout);

      const credentials = await ctx.getInitiatorCredentials();
      const permission = harnessCdDeploymentCreatePermission;
      const [decision] = await permissions.authorize([{ permission }], { credentials });
      if (decision.result !== AuthorizeResult.ALLOW) {
        throw new NotAllowedError(`You lack the permission ${permission.name}.`);
      }

      const rules = await harnessCd.deployRules(pipelineId);
      const requestText = JSON.stringify(requestOf(rules, variables, record));
      const check = await harnessCd.checkDeploy(requestText, { pipeline: rules?.pipeline ?? pipelineId, rules });
      if (check.kind === 'rejected') throw new InputError(rejection(check.violations));
      const { request } = check;
      const what = rules
        ? `${request.service} ${request.imageTag} to ${request.environment} in ${request.region}`
        : `the pipeline ${pipelineId}`;

      if (ctx.isDryRun) {
        ctx.logger.info(`Dry run: ${what} breaks no rule; nothing was started`);
        return;
      }

      const startedBy = ctx.user?.ref ?? `scaffolder task ${ctx.task.id}`;
      // A task that is run again goes on with the execution it started, and starts no second one.
      const started = await ctx.checkpoint({
        key: [ctx.step?.id, check.pipeline.pipeline, JSON.stringify(request)].join('.'),
        fn: () => startOnce(() => harnessCd.deploy(check, { startedBy })),
      });
      if (started.kind === 'unknown') throw new Error(started.message);
      const { executionId, url, status } = started;
      ctx.logger.info(`Started ${what}: ${url}`);
      ctx.output('executionId', executionId);
      ctx.output('executionUrl', url);
      ctx.output('status', status);
      if (!ctx.input.wait) return;

      const ended = await waitForEnd(executionId, { harnessCd, pollIntervalMs, timeoutMs, ...ctx });
      ctx.output('status', ended.status);
      if (ended.phase === 'failed') {
        throw new Error(`Execution ${executionId} ended as ${ended.status}${reason(ended)}. See ${url}`);
      }
    },
  });
}

function readTimeout(timeout: string | Record<string, number> | undefined): number {
  const config = new ConfigReader({ timeout: timeout ?? DEFAULT_TIMEOUT });
  return durationToMilliseconds(readDurationFromConfig(config, { key: 'timeout' }));
}

/** Pipelines of the config repo take three of the variables as fields of the request; any other takes them as they are. */
function requestOf(
  rules: DeployRules | undefined,
  variables: Record<string, InputValue | undefined>,
  record: Pick<DeployRequest, 'changeTicket' | 'rollbackPlan' | 'businessJustification'>,
): object {
  const { changeTicket, rollbackPlan, businessJustification } = record;
  const isField = (name: string) => rules && DEPLOY_VARIABLES.includes(name);
  const further = Object.entries(variables).filter(([name]) => !isField(name));
  const fields = rules && {
    service: rules.service,
    imageTag: variables.imageTag,
    environment: variables.targetEnvironment,
    region: variables.targetRegion,
  };
  // The core takes whole numbers and texts, so that no digit is lost.
  const texts = further.map(([name, value]) => [name, typeof value === 'number' ? String(value) : value]);
  const inputs = texts.length > 0 ? Object.fromEntries(texts) : undefined;
  return { ...fields, changeTicket, rollbackPlan, businessJustification, inputs };
}

/** Whether it started is not known: that is remembered as well, so that a second run of the task does not try again. */
async function startOnce(
  start: () => Promise<StartedDeployment>,
): Promise<StartedDeployment | { kind: 'unknown'; message: string }> {
  try {
    return await start();
  } catch (error) {
    if (!isHarnessFailure(error) || error.code !== 'OUTCOME_UNKNOWN') throw error;
    return { kind: 'unknown', message: `${error.message} ${error.hint}` };
  }
}

function rejection(violations: Violation[]): string {
  return ['The deployment breaks the rules:', ...violations.map(({ path, message }) => `- ${path}: ${message}`)].join(
    '\n',
  );
}

function reason({ failure }: ExecutionProgress): string {
  return failure ? `: ${failure}` : '';
}

async function waitForEnd(
  executionId: string,
  options: {
    harnessCd: HarnessCdService;
    logger: LoggerService;
    pollIntervalMs: number;
    timeoutMs: number;
    signal?: AbortSignal;
  },
): Promise<ExecutionProgress> {
  const { harnessCd, logger, pollIntervalMs, timeoutMs, signal } = options;
  const begin = Date.now();
  const deadline = begin + timeoutMs;
  const reported = new Map<string, string>();
  for (;;) {
    const isYoung = Date.now() - begin < NOT_VISIBLE_MS;
    const passing = isYoung ? [...PASSING_FAILURES, ...NOT_VISIBLE_YET_FAILURES] : PASSING_FAILURES;
    const progress = await lookAt(executionId, { harnessCd, logger, passing });
    if (progress) {
      reportStages(progress, reported, logger);
      if (isTerminal(progress.phase)) return progress;
    }
    if (Date.now() >= deadline) {
      throw new Error(`Execution ${executionId} did not end in time; it goes on in Harness.`);
    }
    await wait(pollIntervalMs, undefined, { signal });
  }
}

/** Looking is harmless to repeat: an outage in mid-deployment must not fail the task. */
async function lookAt(
  executionId: string,
  options: { harnessCd: HarnessCdService; logger: LoggerService; passing: readonly FailureCode[] },
): Promise<ExecutionProgress | undefined> {
  const { harnessCd, logger, passing } = options;
  try {
    return await harnessCd.getExecution(executionId);
  } catch (error) {
    if (!isHarnessFailure(error) || !passing.includes(error.code)) throw error;
    logger.warn(`Harness does not answer (${error.code}); looking again`);
    return undefined;
  }
}

function reportStages(progress: ExecutionProgress, reported: Map<string, string>, logger: LoggerService): void {
  for (const { identifier, name, status, phase } of progress.stages) {
    if (phase === 'queued' || reported.get(identifier) === status) continue;
    reported.set(identifier, status);
    logger.info(`${name}: ${status}`);
  }
}
