import type { Deployment, PipelineRef } from 'backstage-plugin-harness-cd-common';
import type { DeploymentStore } from '../store/DeploymentStore';
import type { StartStore } from '../store/StartStore';
import { withStart } from './startedRow';

/** Every row that is kept of a pipeline, or of services of it, as the JSON text of a list in bytes; with who started it. */
export async function storedRows(
  of: { pipeline: PipelineRef; services: string[] },
  stores: { deployments: Pick<DeploymentStore, 'listPayloads'>; starts: Pick<StartStore, 'startersOf'> },
): Promise<Uint8Array> {
  const stored = await stores.deployments.listPayloads(of);
  const starters = await stores.starts.startersOf(of.pipeline);
  // What was not started from here goes on as the text that it is.
  const rows = stored.map(({ executionId, payload }) => {
    const start = starters.get(executionId);
    return start ? JSON.stringify(withStart(JSON.parse(payload) as Deployment, start)) : payload;
  });
  return Buffer.from(`[${rows.join(',')}]`);
}
