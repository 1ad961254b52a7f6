import type { PermissionsService } from '@backstage/backend-plugin-api';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import type { ExecutionProgress } from 'backstage-plugin-harness-cd-common';
import type { HarnessCdService } from 'backstage-plugin-harness-cd-node';
import { examples } from './examples';
import { requireDeployPermission } from './permission';
import { checkRequest, describeDeployment, readPipeline } from './request';
import { startOnce } from './startOnce';
import { readTimeout, waitForEnd } from './wait';

const POLL_INTERVAL_MS = 3_000;

/**
 * `harness:trigger-pipeline`: deploys a service through its Harness pipeline, or runs any other pipeline of the project.
 *
 * @public
 */
export function createTriggerPipelineAction(options: {
  catalog: CatalogService;
  harnessCd: HarnessCdService;
  permissions: PermissionsService;
  /** How long to wait between two looks at a running execution, ms. */
  pollIntervalMs?: number;
}) {
  const { catalog, harnessCd, permissions, pollIntervalMs = POLL_INTERVAL_MS } = options;

  return createTemplateAction({
    id: 'harness:trigger-pipeline',
    description: 'Runs a Harness pipeline, after the same checks as on the page of the service it deploys',
    examples,
    supportsDryRun: true,
    schema: {
      input: {
        pipelineId: z => z.string().describe("The pipeline's identifier or name, for example payment-service-cd"),
        entityRef: z =>
          z
            .string()
            .optional()
            .describe(
              'The catalog entity that is deployed, for example component:default/payment-service; needed where the permission depends on it',
            ),
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
      const { input, logger, signal } = ctx;
      const timeoutMs = readTimeout(input.timeout);
      const target = await readPipeline(input.pipelineId, harnessCd);
      await requireDeployPermission(
        { pipeline: target.pipeline, entityRef: input.entityRef },
        { credentials: await ctx.getInitiatorCredentials(), catalog, harnessCd, permissions },
      );
      const deployment = await checkRequest(input, target, harnessCd);
      const what = describeDeployment(deployment);
      if (ctx.isDryRun) {
        logger.info(`Dry run: ${what} breaks no rule; nothing was started`);
        return;
      }

      const { executionId, url, status } = await startOnce(deployment, ctx, harnessCd);
      logger.info(`Started ${what}: ${url}`);
      ctx.output('executionId', executionId);
      ctx.output('executionUrl', url);
      ctx.output('status', status);
      if (!input.wait) return;

      const ended = await waitForEnd(
        { pipeline: deployment.pipeline, executionId },
        { harnessCd, logger, pollIntervalMs, timeoutMs, signal },
      );
      ctx.output('status', ended.status);
      if (ended.phase === 'failed') {
        throw new Error(`Execution ${executionId} ended as ${ended.status}${reason(ended)}. See ${url}`);
      }
    },
  });
}

function reason({ failure }: ExecutionProgress): string {
  return failure ? `: ${failure}` : '';
}
