import type { Freshness } from 'backstage-plugin-harness-cd-common';
import type { ChosenPipeline } from 'backstage-plugin-harness-cd-node';

/** Rows of the record, and as of when they are. */
export interface RecordedRows extends Freshness {
  /** The JSON text of a list of `Deployment`, in bytes: each once, in any order. */
  rows: Uint8Array;
}

/** The record of what was deployed. */
export interface RecordedDeployments {
  /** Every row that is kept of an entity's pipeline: those of its services, where others have theirs by it as well. */
  rowsOf(target: ChosenPipeline): Promise<RecordedRows>;
}
