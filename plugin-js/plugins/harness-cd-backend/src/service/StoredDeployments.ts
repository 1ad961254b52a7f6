import type { Freshness } from 'backstage-plugin-harness-cd-common';
import type { ChosenPipeline } from 'backstage-plugin-harness-cd-node';
import type { DeploymentStore } from '../store/DeploymentStore';
import { pipelineKey } from '../store/scopes';
import type { StartStore } from '../store/StartStore';
import { KeptBriefly } from './KeptBriefly';
import { lookAt, type Looking } from './lookAt';
import { storedRows } from './storedRows';

/** Rows of the record, and as of when they are. */
interface RecordedRows extends Freshness {
  /** The JSON text of a list of `Deployment`, in bytes: each once, in any order. */
  rows: Uint8Array;
}

/** For so long rows are kept that were read: a page asks for several reports at once. */
const KEPT_FOR_MS = 5_000;
/** Of so many pipelines: a megabyte each. */
const MOST_KEPT = 50;

/** The record of what was deployed as it is stored, which a look brings up to date. */
export class StoredDeployments {
  /** What was read lately, by what it is of and its revision. */
  readonly #kept = new KeptBriefly<Uint8Array>({ forMs: KEPT_FOR_MS, most: MOST_KEPT });

  constructor(
    private readonly services: Looking & {
      deployments: Pick<DeploymentStore, 'listPayloads' | 'revisionOf'>;
      starts: Pick<StartStore, 'startersOf'>;
    },
  ) {}

  /** Every row that is kept of an entity's pipeline: those of its services, where others have theirs by it as well. */
  async rowsOf(target: ChosenPipeline): Promise<RecordedRows> {
    const { services, freshness } = await lookAt(target, this.services);
    const { pipeline } = target;
    const revision = await this.services.deployments.revisionOf(pipeline);
    const question = JSON.stringify([pipelineKey(pipeline), services, revision]);
    const rows = await this.#kept.get(question, () => storedRows({ pipeline, services }, this.services));
    return { rows, ...freshness };
  }
}
