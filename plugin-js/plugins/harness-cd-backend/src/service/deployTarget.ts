import { setTimeout as wait } from 'node:timers/promises';
import type { DeployTargetResponse, PipelineRef } from 'backstage-plugin-harness-cd-common';
import { failureBody, isHarnessFailure, type HarnessCdService } from 'backstage-plugin-harness-cd-node';

/** So long the rules, which are here, wait for what the live pipeline asks for. */
const PATIENCE_MS = 1_000;

/** What requests to deploy by a pipeline are checked against. That Harness cannot be asked is a part of the answer. */
export async function readDeployTarget(ref: PipelineRef, harnessCd: HarnessCdService): Promise<DeployTargetResponse> {
  const { pipeline } = ref;
  const rules = await harnessCd.deployRules(ref);
  const inputs = readInputs(ref, harnessCd);
  if (!rules) return { pipeline, ...(await inputs) };
  return { pipeline, rules, ...(await Promise.race([inputs, wait(PATIENCE_MS, {}, { ref: false })])) };
}

async function readInputs(pipeline: PipelineRef, harnessCd: HarnessCdService): Promise<Partial<DeployTargetResponse>> {
  try {
    const { value, asOf, failure } = await harnessCd.getPipeline(pipeline);
    return { inputs: value.inputs, url: value.url, asOf, failure };
  } catch (error) {
    if (!isHarnessFailure(error)) throw error;
    return { failure: failureBody(error, Date.now()) };
  }
}
