import type { AuthService, DiscoveryService, RootConfigService } from '@backstage/backend-plugin-api';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import type { EntityTarget, ExecutionProgress } from 'backstage-plugin-harness-cd-common';
import type { HarnessCdService } from 'backstage-plugin-harness-cd-node';
import { backendOf } from './backend';
import { examples } from './examples';
import { mistake, rejection, told } from './messages';
import { describe, requestOf } from './request';
import { startOnce } from './start';
import { readTarget } from './target';
import { readTimeout, waitForEnd } from './wait';

const POLL_INTERVAL_MS = 3_000;

/**
 * `harness:trigger-pipeline`: deploys an entity through its Harness pipeline, by the backend of Harness CD.
 *
 * @public
 */
export function createTriggerPipelineAction(options: {
  auth: AuthService;
  /** Where the portal is, for links. */
  config: RootConfigService;
  discovery: DiscoveryService;
  harnessCd: HarnessCdService;
  /** How long to wait between two looks at a start or a running execution, ms. */
  pollIntervalMs?: number;
}) {
  const { config, harnessCd, pollIntervalMs = POLL_INTERVAL_MS } = options;

  return createTemplateAction({
    id: 'harness:trigger-pipeline',
    description: 'Runs the Harness pipeline of an entity, after the same checks as on its page',
    examples,
    supportsDryRun: true,
    schema: {
      input: {
        entityRef: z =>
          z
            .string()
            .optional()
            .describe(
              'The catalog entity that is deployed, for example component:default/payment-service; its annotations name the pipeline',
            ),
        pipelineId: z =>
          z
            .string()
            .optional()
            .describe(
              "The pipeline's identifier or name, for example payment-service-cd. Without an entityRef it has to be one of the config repo, which says whose it is",
            ),
        variables: z =>
          z
            .object({
              imageTag: z.string().optional().describe('For example v2.3.1'),
              targetEnvironment: z.string().optional().describe('For example int-stable'),
              targetRegion: z.string().optional().describe('For example euw1'),
            })
            .catchall(z.union([z.string(), z.number(), z.boolean(), z.array(z.any()), z.record(z.any())]))
            .describe(
              "The pipeline's runtime inputs, by the names of its variables; an input that is no variable by its JSON pointer. Objects and lists as they are, or as YAML. A pipeline of the config repo takes the three named ones",
            ),
        inputSets: z =>
          z
            .array(z.string())
            .optional()
            .describe(
              'Identifiers of saved input sets and overlays of the pipeline; a later one wins, and the variables of the step over all',
            ),
        stages: z =>
          z
            .array(z.string())
            .optional()
            .describe('Identifiers of the stages to run, where the pipeline allows to choose; all of them by default'),
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
        portalUrl: z => z.string().describe("The execution on the entity's page of this portal"),
        status: z => z.string().describe('The status of the execution when the step ended'),
        outputVariables: z =>
          z
            .record(z.record(z.string()))
            .optional()
            .describe(
              "With wait: what the pipeline's steps put out, by the step's path as in Harness's expressions (for example pipeline.stages.build.spec.execution.steps.tag), then by the variable's name; asterisks stand for a secret",
            ),
      },
    },
    async handler(ctx) {
      const { input, logger, signal } = ctx;
      const timeoutMs = readTimeout(input.timeout);
      const api = backendOf(ctx, options);
      const throwTold = (error: unknown) => {
        throw told(error);
      };
      const target = await readTarget(input, { api, harnessCd }).catch(throwTold);
      const request = requestOf(input, target.rules);
      const what = describe(request, target.pipeline);
      if (ctx.isDryRun) {
        const check = await api.checkDeployment(target.entity, request).catch(throwTold);
        if (check.kind === 'rejected') throw rejection(check.violations);
        check.warnings?.forEach(({ message }) => logger.warn(`${message}.`));
        logger.info(`Dry run: ${what} breaks no rule; nothing was started`);
        return;
      }

      const started = await startOnce(target, request, { api, ctx, pollIntervalMs }).catch(throwTold);
      const { executionId, url, status } = started;
      logger.info(`Started ${what}: ${url}`);
      ctx.output('executionId', executionId);
      ctx.output('executionUrl', url);
      ctx.output('portalUrl', portalUrl(config, target.entity, executionId));
      ctx.output('status', status);
      if (!input.wait) return;

      const ended = await waitForEnd(executionId, {
        harnessCd,
        logger,
        scope: target.scope,
        pollIntervalMs,
        timeoutMs,
        signal,
      });
      ctx.output('status', ended.status);
      ctx.output('outputVariables', ended.outputVariables ?? {});
      if (ended.phase === 'failed') {
        throw mistake(`Execution ${executionId} ended as ${ended.status}${reason(ended)}. See ${url}`);
      }
    },
  });
}

function reason({ failure }: ExecutionProgress): string {
  return failure ? `: ${failure}` : '';
}

/** Where the catalog and the tab of an entity are unless an app says otherwise. */
function portalUrl(config: RootConfigService, entity: EntityTarget, executionId: string): string {
  const { kind, namespace, name, pipeline } = entity;
  const place = [namespace, kind, name].map(part => encodeURIComponent(part.toLowerCase())).join('/');
  const base = config.getOptionalString('app.baseUrl')?.replace(/\/$/, '') ?? '';
  return `${base}/catalog/${place}/deployments?${new URLSearchParams({ ...(pipeline ? { pipeline } : {}), execution: executionId })}`;
}
