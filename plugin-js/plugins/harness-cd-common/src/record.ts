import type {
  DeliveryMetrics,
  DeploymentFilter,
  DeploymentMatrix,
  Dimension,
  FailureBody,
  PlaceNews,
  StoodAt,
  Timeline,
  VersionStop,
} from './generated/types';

/**
 * As of when an answer is that was told from the record of deployments.
 *
 * @public
 */
export interface Freshness {
  /** When the record was last read from Harness, epoch ms; only where that is not now. */
  asOf?: number;
  /** What began before is still being read, epoch ms; absent where all is known that is to be. */
  knownFrom?: number;
  /** Why the record is not that of now. */
  failure?: FailureBody;
}

/**
 * The answer of `GET …/matrix`.
 *
 * @public
 */
export interface MatrixResponse extends Freshness {
  /** What runs where. */
  matrix: DeploymentMatrix;
}

/**
 * The query of `GET …/metrics`.
 *
 * @public
 */
export interface MetricsQuery {
  /** The first instant that counts, epoch ms; 90 days before the end where nothing is said. */
  fromMs?: number;
  /** The first instant that does not count any more, epoch ms; now where nothing is said. */
  toMs?: number;
  /** By what the figures are told apart; by environment each is told for itself, otherwise production alone counts. */
  by?: Dimension[];
}

/**
 * The answer of `GET …/metrics`.
 *
 * @public
 */
export interface MetricsResponse extends Freshness {
  /** How well delivery goes. */
  metrics: DeliveryMetrics;
}

/**
 * How many stories an answer of `GET …/timeline` has at most.
 *
 * @public
 */
export const MAX_STORIES = 500;

/**
 * The query of `GET …/timeline`.
 *
 * @public
 */
export interface TimelineQuery extends DeploymentFilter {
  /** The place behind which it begins: `next` of the part before. */
  after?: string;
  /** So many stories at most, 1 to {@link MAX_STORIES}; 25 where nothing is said. */
  limit?: number;
}

/**
 * The answer of `GET …/timeline`.
 *
 * @public
 */
export interface TimelineResponse extends Freshness {
  /** What happened. */
  timeline: Timeline;
}

/**
 * The answer of `GET …/releases/:version`.
 *
 * @public
 */
export interface ReleaseResponse extends Freshness {
  /** Where the version has been, in the order in which its deployments settled; empty for a version that is unknown. */
  stops: VersionStop[];
}

/**
 * The answer of `GET …/production-news`.
 *
 * @public
 */
export interface ProductionNewsResponse extends Freshness {
  /** The places of production at which something changed. */
  news: PlaceNews[];
}

/**
 * The answer of `GET …/running-at`.
 *
 * @public
 */
export interface RunningAtResponse extends Freshness {
  /** The places at which something stood. */
  places: StoodAt[];
}
