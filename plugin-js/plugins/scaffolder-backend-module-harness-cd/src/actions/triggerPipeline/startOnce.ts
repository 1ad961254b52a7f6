import type { AllowedDeployment } from 'backstage-plugin-harness-cd-common';
import { isHarnessFailure, type HarnessCdService, type StartedDeployment } from 'backstage-plugin-harness-cd-node';

type Outcome = StartedDeployment | { kind: 'unknown'; message: string };

/** What of the action's context says who starts what, and remembers it. */
interface Task {
  checkpoint<T extends Outcome>(options: { key: string; fn: () => Promise<T> }): Promise<T>;
  step?: { id?: string };
  task: { id: string };
  user?: { ref?: string };
}

/** Starts a deployment once for a step: a task that is run again goes on with the execution it started. */
export async function startOnce(
  deployment: AllowedDeployment,
  ctx: Task,
  harnessCd: HarnessCdService,
): Promise<StartedDeployment> {
  const startedBy = ctx.user?.ref ?? `scaffolder task ${ctx.task.id}`;
  const outcome = await ctx.checkpoint({
    key: [ctx.step?.id, JSON.stringify(deployment.pipeline), JSON.stringify(deployment.request)].join('.'),
    fn: () => start(() => harnessCd.deploy(deployment, { startedBy })),
  });
  if (outcome.kind === 'unknown') throw new Error(outcome.message);
  return outcome;
}

/** Whether it started is not known: that is remembered as well, so that a second run of the task does not try again. */
async function start(deploy: () => Promise<StartedDeployment>): Promise<Outcome> {
  try {
    return await deploy();
  } catch (error) {
    if (!isHarnessFailure(error) || error.code !== 'OUTCOME_UNKNOWN') throw error;
    return { kind: 'unknown', message: `${error.message} ${error.hint}` };
  }
}
