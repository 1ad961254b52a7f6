import { setTimeout as wait } from 'node:timers/promises';
import type { DeployTargetResponse, PipelineRef } from 'backstage-plugin-harness-cd-common';
import {
  failureBody,
  type EntityPipeline,
  isHarnessFailure,
  refuseForeign,
  type HarnessCdService,
} from 'backstage-plugin-harness-cd-node';

/** So long the rules, which are here, wait for what the live pipeline asks for. */
const PATIENCE_MS = 1_000;

/** What requests to run an entity's pipeline are checked against. That Harness cannot be asked is a part of the answer. */
export async function readDeployTarget(
  target: EntityPipeline,
  harnessCd: HarnessCdService,
): Promise<DeployTargetResponse> {
  const { pipeline: ref, rules } = target;
  const { account, org, project, pipeline, branch } = ref;
  const about = { pipeline, scope: { account, org, project }, branch };
  const inEnd = wait(PATIENCE_MS, {}, { ref: false });
  const inputs = readInputs(ref, harnessCd);
  inputs.catch(() => {}); // who is refused does not wait for them
  try {
    await refuseForeign(target, harnessCd);
  } catch (error) {
    if (!isHarnessFailure(error) || error.code === 'FOREIGN_PIPELINE') throw error;
    return { ...about, failure: failureBody(error, Date.now()) };
  }
  return { ...about, rules, ...(await (rules ? Promise.race([inputs, inEnd]) : inputs)) };
}

async function readInputs(pipeline: PipelineRef, harnessCd: HarnessCdService): Promise<Partial<DeployTargetResponse>> {
  try {
    const { value, asOf, failure } = await harnessCd.getPipeline(pipeline);
    return { inputs: value.inputs, stages: value.stages, url: value.url, asOf, failure };
  } catch (error) {
    if (!isHarnessFailure(error)) throw error;
    return { failure: failureBody(error, Date.now()) };
  }
}
