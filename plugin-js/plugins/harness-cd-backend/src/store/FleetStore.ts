import type {
  Deployment,
  FleetDeploymentsQuery,
  FleetPart,
  HarnessScope,
  PipelineRef,
  StatusGroup,
} from 'backstage-plugin-harness-cd-common';

/** A pipeline of which somebody may see the deployments: of all its services, where none are named. */
export interface SeenPipeline {
  pipeline: PipelineRef;
  services: string[];
}

/** Which deployments of several pipelines: those that meet all that is said. */
export interface FleetQuery extends Omit<FleetDeploymentsQuery, keyof FleetPart | 'status' | 'after' | 'limit'> {
  of: SeenPipeline[];
  /** What became of them, any of these; empty for all. */
  groups: StatusGroup[];
}

/** A place in a list of deployments, newest first. */
export interface FleetPlace {
  /** When the deployment began, epoch ms; later than any time, where it has not. */
  sortedAt: number;
  id: string;
}

/** A deployment of one of several pipelines. */
export interface FleetRow extends FleetPlace {
  pipeline: PipelineRef;
  deployment: Deployment;
}

/** A deployment as JSON text, and what it is of. */
export interface PayloadRow {
  pipeline: PipelineRef;
  service?: string;
  payload: string;
}

/** What runs where of a pipeline, as it was kept. */
export interface KeptMatrix {
  pipeline: PipelineRef;
  /** Raised with every change of its deployments. */
  revision: number;
  /** The revision that `matrix` is of; absent where there is none. */
  toldRevision?: number;
  /** The version of the product that has told it; absent where there is none. */
  toldBy?: string;
  /** In which order of environments and regions it is told, as JSON. */
  places?: string;
  /** A `DeploymentMatrix` as JSON text, without ages. */
  matrix?: string;
}

/** The record of what ran, across pipelines. */
export interface FleetStore {
  /** Deployments, newest first, behind a place; not the rows of runs that succeeded without deploying. */
  list(query: FleetQuery, options: { after?: FleetPlace; limit: number }): Promise<FleetRow[]>;
  /** How many there are of each group. */
  count(query: FleetQuery): Promise<Map<StatusGroup, number>>;
  /** At most so many deployments as their JSON texts, in any order; with the rows of runs that deployed nothing. */
  listPayloads(of: SeenPipeline[], limit: number): Promise<PayloadRow[]>;
  /** All pipelines of which anything is known. */
  listPipelines(): Promise<PipelineRef[]>;
  /** Which pipelines have deployed services of a project. */
  listDeployers(scope: HarnessScope, services: string[]): Promise<{ service: string; pipeline: string }[]>;
  /** What runs where of pipelines, as it was kept; those of which nothing is known are left out. */
  listMatrices(pipelines: PipelineRef[]): Promise<KeptMatrix[]>;
  /** At most so many pipelines whose kept matrix is of before, or was told by another version of the product. */
  listUntold(version: string, limit: number): Promise<PipelineRef[]>;
  /** Keeps what runs where of a pipeline, unless a later one is kept. */
  keepMatrix(told: Omit<Required<KeptMatrix>, 'revision'>): Promise<void>;
}
