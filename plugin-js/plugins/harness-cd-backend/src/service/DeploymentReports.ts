import type {
  Freshness,
  MatrixResponse,
  MetricsQuery,
  MetricsResponse,
  ProductionNewsResponse,
  ReleaseResponse,
  RunningAtResponse,
  SourceLink,
  TimelineQuery,
  TimelineResponse,
} from 'backstage-plugin-harness-cd-common';
import { type ChosenPipeline, DeploymentRecord, sourceOf } from 'backstage-plugin-harness-cd-node';
import { periodOf } from './period';
import { placesOf } from './places';
import type { StoredDeployments } from './StoredDeployments';

/** So many stories are told at once where nothing is said. */
const STORIES = 25;

/** What the record of an entity's deployments tells. */
export class DeploymentReports {
  constructor(private readonly deployments: Pick<StoredDeployments, 'rowsOf'>) {}

  /** What runs where; environments and regions in the order of the config repo, where it has the service. */
  async matrix(target: ChosenPipeline): Promise<MatrixResponse> {
    const { record, freshness } = await this.#read(target);
    return { matrix: record.matrix({ nowMs: Date.now(), ...placesOf(target.rules) }), ...freshness };
  }

  async metrics(target: ChosenPipeline, { by, ...asked }: MetricsQuery): Promise<MetricsResponse> {
    const { record, freshness } = await this.#read(target);
    return { metrics: record.metrics({ ...periodOf(asked), by }), ...freshness };
  }

  async timeline(target: ChosenPipeline, query: TimelineQuery): Promise<TimelineResponse> {
    const { after, limit = STORIES, ...filter } = query;
    const { record, freshness } = await this.#read(target);
    return { timeline: record.timeline({ filter, after, limit }), ...freshness };
  }

  /** Where a version has been, and its commit; `source` is where the entity's source is. */
  async release(target: ChosenPipeline, version: string, source: string | undefined): Promise<ReleaseResponse> {
    const { record, freshness } = await this.#read(target);
    return { stops: record.versionStops(version), ...sourced(source, version), ...freshness };
  }

  /** What is new in production, and what of the source that is. */
  async productionNews(
    target: ChosenPipeline,
    since: number,
    source: string | undefined,
  ): Promise<ProductionNewsResponse> {
    const { record, freshness } = await this.#read(target);
    const news = record.newInProduction(since).map(place => {
      const { before, now } = place;
      return { ...place, ...sourced(source, now?.version, before?.version) };
    });
    return { news, ...freshness };
  }

  async runningAt(target: ChosenPipeline, instant: number): Promise<RunningAtResponse> {
    const { record, freshness } = await this.#read(target);
    return { places: record.runningAt(instant), ...freshness };
  }

  async #read(target: ChosenPipeline): Promise<{ record: DeploymentRecord; freshness: Freshness }> {
    const { rows, ...freshness } = await this.deployments.rowsOf(target);
    return { record: new DeploymentRecord(rows), freshness };
  }
}

/** What of the source a version is, as far as that is known. */
function sourced(source: string | undefined, version: string | undefined, before?: string): { source?: SourceLink } {
  const link = source !== undefined && version !== undefined ? sourceOf(source, version, before) : undefined;
  return link ? { source: link } : {};
}
