import type {
  DeliveryMetrics,
  Deployment,
  DeploymentFilter,
  DeploymentMatrix,
  Dimension,
  FailureBody,
  HarnessScope,
  PlaceNews,
  ServiceMatrix,
  SourceLink,
  StatusGroup,
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
  /** The commit of the version, where its name and the entity's `backstage.io/source-location` tell it. */
  source?: SourceLink;
  /** Where the version has been, in the order in which its deployments settled; empty for a version that is unknown. */
  stops: VersionStop[];
}

/**
 * What changed at a place of production, and what of the source that is.
 *
 * @public
 */
export interface SourcedNews extends PlaceNews {
  /** What lies between the versions before and now, as {@link ReleaseResponse.source}. */
  source?: SourceLink;
}

/**
 * The answer of `GET …/production-news`.
 *
 * @public
 */
export interface ProductionNewsResponse extends Freshness {
  /** The places of production at which something changed. */
  news: SourcedNews[];
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

/**
 * Which entities a question about many is of: those that meet all that is said, as far as the caller sees them in the
 * catalog and may see their deployments; all of these where nothing is said.
 *
 * @public
 */
export interface FleetPart {
  /** The references of entities; any of these. */
  entity?: string[];
  /** The reference of the owner, for example `group:default/payments`. */
  owner?: string;
  /** The reference of the system, for example `system:default/shop`. */
  system?: string;
  /** The reference of the domain: the systems in it. */
  domain?: string;
}

/**
 * As of when an answer about many entities is.
 *
 * @public
 */
export interface FleetFreshness {
  /** Each project that is in the answer, and as of when it is. */
  projects: ({ scope: HarnessScope } & Freshness)[];
  /** Why the deployments of some entities are not in the answer though they might be. */
  failures: FailureBody[];
}

/**
 * The query of `GET /v1/fleet/deployments`: deployments that meet all that is said.
 *
 * @public
 */
export interface FleetDeploymentsQuery extends FleetPart, Omit<DeploymentFilter, 'status' | 'fromMs'> {
  /** What became of them, any of these. */
  status?: StatusGroup[];
  /** Those that had not ended before, epoch ms. */
  fromMs?: number;
  /** The place behind which the list begins: `next` of the part before. */
  after?: string;
  /** So many deployments at most, 1 to 500; 25 where nothing is said. */
  limit?: number;
}

/**
 * A deployment, and of which entity it is.
 *
 * @public
 */
export interface FleetDeployment {
  /** The entity's reference. */
  entityRef: string;
  /** What its pipeline is called among those of the entity. */
  pipeline: string;
  /** The deployment. */
  deployment: Deployment;
}

/**
 * The answer of `GET /v1/fleet/deployments`.
 *
 * @public
 */
export interface FleetDeploymentsResponse extends FleetFreshness {
  /** Newest first; what has not begun before all others. */
  deployments: FleetDeployment[];
  /** Where the next part begins; absent behind the last. */
  next?: string;
  /** How many there are, whatever `status` says. */
  counts: {
    /** Of those that go on by themselves, whenever they began. */
    running: number;
    /** Of those that wait for somebody or something, whenever they began. */
    waiting: number;
    /** Of those that failed since `fromMs`; absent where the query has none. */
    failed?: number;
  };
}

/**
 * What of an entity runs where, by one of its pipelines.
 *
 * @public
 */
export interface FleetService {
  /** The entity's reference. */
  entityRef: string;
  /** What the pipeline is called among those of the entity. */
  pipeline: string;
  /** The reference of the entity's owner, where it has one. */
  owner?: string;
  /** What of a service runs where. How long it has, `running.at` says. */
  matrix: ServiceMatrix;
}

/**
 * The answer of `GET /v1/fleet/matrix`.
 *
 * @public
 */
export interface FleetMatrixResponse extends FleetFreshness {
  /** By entity, pipeline and service. */
  services: FleetService[];
}

/**
 * The query of `GET /v1/fleet/metrics`.
 *
 * @public
 */
export interface FleetMetricsQuery extends FleetPart, MetricsQuery {}

/**
 * The answer of `GET /v1/fleet/metrics`. A team is the owner of entities, by its reference.
 *
 * @public
 */
export interface FleetMetricsResponse extends FleetFreshness {
  /** How well delivery goes. */
  metrics: DeliveryMetrics;
}
