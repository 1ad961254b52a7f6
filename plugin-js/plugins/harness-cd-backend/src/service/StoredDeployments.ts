import type { Freshness } from 'backstage-plugin-harness-cd-common';
import type { ChosenPipeline } from 'backstage-plugin-harness-cd-node';
import type { DeploymentStore } from '../store/DeploymentStore';
import type { StartStore } from '../store/StartStore';
import { lookAt, type Looking } from './lookAt';
import { storedRows } from './storedRows';

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
    const { services, freshness } = await lookAt(target, this.services);
    return { rows: await storedRows({ pipeline: target.pipeline, services }, this.services), ...freshness };
  }
}
