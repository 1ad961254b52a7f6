import type { PipelineInputsResponse } from 'backstage-plugin-harness-cd-common';
import { isHarnessFailure, type HarnessCdService } from 'backstage-plugin-harness-cd-node';

/** Long enough for the people who open a dialog at the same time, short enough for a change to be seen at once. */
const FRESH_MS = 30_000;

interface Known {
  response: PipelineInputsResponse;
  readAt: number;
  failingSince?: number;
}

/** What pipelines ask for, from Harness, or the last known of it while Harness cannot be asked. */
export class PipelineInputs {
  readonly #known = new Map<string, Known>();

  constructor(private readonly harnessCd: HarnessCdService) {}

  /** The inputs of a pipeline, by its identifier. */
  async of(pipeline: string): Promise<PipelineInputsResponse> {
    const known = this.#known.get(pipeline);
    if (known && Date.now() - known.readAt < FRESH_MS) return known.response;
    try {
      const { inputs, url } = await this.harnessCd.getPipeline(pipeline);
      const response = { inputs, url };
      this.#known.set(pipeline, { response, readAt: Date.now() });
      return response;
    } catch (error) {
      if (!known || !isHarnessFailure(error) || error.code === 'PIPELINE_NOT_FOUND') throw error;
      const { code, message, hint, correlationId } = error;
      known.failingSince ??= Date.now();
      const problem = { code, message, hint, correlationId, since: known.failingSince };
      return { ...known.response, asOf: known.readAt, problem };
    }
  }
}
