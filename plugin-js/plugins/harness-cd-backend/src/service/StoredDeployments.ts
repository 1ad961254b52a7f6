import type { Deployment, Freshness } from 'backstage-plugin-harness-cd-common';
import type { ChosenPipeline } from 'backstage-plugin-harness-cd-node';
import type { DeploymentStore } from '../store/DeploymentStore';
import type { StartStore } from '../store/StartStore';
import { lookAt, type Looking } from './lookAt';
import { withStart } from './startedRow';

/** Rows of the record, and as of when they are. */
interface RecordedRows extends Freshness {
  /** The JSON text of a list of `Deployment`, in bytes: each once, in any order. */
  rows: Uint8Array;
}

/** The record of what was deployed as it is stored, which a look brings up to date. */
export class StoredDeployments {
  constructor(
    private readonly services: Looking & {
      deployments: Pick<DeploymentStore, 'listPayloads'>;
      starts: Pick<StartStore, 'startersOf'>;
    },
  ) {}

  /** Every row that is kept of an entity's pipeline: those of its services, where others have theirs by it as well. */
  async rowsOf(target: ChosenPipeline): Promise<RecordedRows> {
    const { deployments, starts } = this.services;
    const { pipeline } = target;
    const { services, freshness } = await lookAt(target, this.services);
    const stored = await deployments.listPayloads({ pipeline, services });
    const starters = await starts.startersOf(pipeline);
    // What was not started from here goes on as the text that it is.
    const rows = stored.map(({ executionId, payload }) => {
      const start = starters.get(executionId);
      return start ? JSON.stringify(withStart(JSON.parse(payload) as Deployment, start)) : payload;
    });
    return { rows: Buffer.from(`[${rows.join(',')}]`), ...freshness };
  }
}
