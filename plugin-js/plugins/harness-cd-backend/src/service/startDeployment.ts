import type { DeployResponse, PipelineRef } from 'backstage-plugin-harness-cd-common';
import type { HarnessCdService } from 'backstage-plugin-harness-cd-node';
import type { DeploymentHistory } from './DeploymentHistory';

/** Checks a deploy request and starts it where nothing speaks against it. */
export async function startDeployment(
  pipeline: PipelineRef,
  options: {
    /** The request as it was sent. */
    requestText: string;
    /** An entity ref. */
    startedBy: string;
    harnessCd: HarnessCdService;
    history: DeploymentHistory;
  },
): Promise<DeployResponse> {
  const { requestText, startedBy, harnessCd, history } = options;
  const rules = await harnessCd.deployRules(pipeline);
  const check = await harnessCd.checkDeploy(requestText, { pipeline, rules });
  if (check.kind === 'rejected') return check;
  try {
    return await harnessCd.deploy(check, { startedBy });
  } finally {
    history.forget(pipeline); // also after a failure: where the outcome is unknown, the history is where to look
  }
}
