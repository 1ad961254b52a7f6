import type { Freshness, PipelineRef } from 'backstage-plugin-harness-cd-common';
import type { ChosenPipeline } from 'backstage-plugin-harness-cd-node';
import { keyOf } from '../store/columns';
import type { DeploymentStore } from '../store/DeploymentStore';
import type { StartStore } from '../store/StartStore';
import { lookAt, type Looking } from './lookAt';
import { storedRows } from './storedRows';

/** Rows of the record, and as of when they are. */
interface RecordedRows extends Freshness {
  /** The JSON text of a list of `Deployment`, in bytes: each once, in any order. */
  rows: Uint8Array;
}

/** For so long rows are kept that were read: a page asks for several reports at once. */
const KEPT_FOR_MS = 5_000;

/** The record of what was deployed as it is stored, which a look brings up to date. */
export class StoredDeployments {
  /** What was read lately of each pipeline, and of which revision it is. */
  readonly #kept = new Map<string, { revision: number; rows: Promise<Uint8Array> }>();

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
    return { rows: await this.#rows({ pipeline, services }, revision), ...freshness };
  }

  /** Reads rows once for all who ask for them of one revision. */
  #rows(of: { pipeline: PipelineRef; services: string[] }, revision: number): Promise<Uint8Array> {
    const key = JSON.stringify([keyOf(of.pipeline), of.services]);
    const kept = this.#kept.get(key);
    if (kept?.revision === revision) return kept.rows;
    const entry = { revision, rows: storedRows(of, this.services) };
    this.#kept.set(key, entry);
    const forget = () => {
      if (this.#kept.get(key) === entry) this.#kept.delete(key);
    };
    entry.rows.catch(forget);
    setTimeout(forget, KEPT_FOR_MS).unref();
    return entry.rows;
  }
}
