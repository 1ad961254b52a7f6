import type {
  DeliveryMetrics,
  Deployment,
  DeploymentKeys,
  DeploymentMatrix,
  MatrixOptions,
  MetricsOptions,
  PlaceNews,
  RunInputs,
  SourceLink,
  StoodAt,
  Timeline,
  TimelineQuestion,
  VersionStop,
} from 'backstage-plugin-harness-cd-common';
import {
  sourceLink,
  tellMatrix,
  tellMetrics,
  tellMetricsOfProjects,
  tellNewInProduction,
  tellRunningAt,
  tellTimeline,
  tellVersionStops,
  withRunInputs as tellRunInputs,
} from 'harness-cd-wasm';
import { fromModuleError } from './errors';

/**
 * How well delivery goes in several projects together: the JSON text of a list of `{teams, rows}` in bytes, the teams by
 * the identifiers of the project's services.
 *
 * @public
 */
export function metricsOfProjects(projects: Uint8Array, options: MetricsOptions): DeliveryMetrics {
  return told(() => tellMetricsOfProjects(projects, options));
}

/**
 * The page that shows the commit of a version, or what lies between it and the version before: where the versions' names
 * have commits, and `source` is an annotation `backstage.io/source-location` of a host that is known.
 *
 * @public
 */
export function sourceOf(source: string, version: string, before?: string): SourceLink | undefined {
  return sourceLink(source, version, before);
}

/**
 * The deployments of runs with what these were asked to do, and what each is sought by then, in the order of the runs.
 *
 * @public
 */
export function withRunInputs(
  runs: { deployments: Deployment[]; inputs: RunInputs }[],
): { deployments: Deployment[]; keys: DeploymentKeys[] }[] {
  return told(() => tellRunInputs(Buffer.from(JSON.stringify(runs))));
}

/**
 * What deployments tell together: rows of one project as the JSON text of a list, in bytes, each once and in any order.
 * What cannot be asked is a failure with the code `INVALID_REQUEST` that names the field.
 *
 * @public
 */
export class DeploymentRecord {
  constructor(private readonly rows: Uint8Array) {}

  /** What runs where. */
  matrix(options: MatrixOptions): DeploymentMatrix {
    return told(() => tellMatrix(this.rows, options));
  }

  /** How well delivery goes. */
  metrics(options: MetricsOptions): DeliveryMetrics {
    return told(() => tellMetrics(this.rows, options));
  }

  /** What happened, newest first. */
  timeline(question: TimelineQuestion): Timeline {
    return told(() => tellTimeline(this.rows, question));
  }

  /** Where a version has been. */
  versionStops(version: string): VersionStop[] {
    return told(() => tellVersionStops(this.rows, version));
  }

  /** What is new in production since an instant, epoch ms. */
  newInProduction(since: number): PlaceNews[] {
    return told(() => tellNewInProduction(this.rows, since));
  }

  /** What ran where at an instant, epoch ms. */
  runningAt(instant: number): StoodAt[] {
    return told(() => tellRunningAt(this.rows, instant));
  }
}

function told<T>(tell: () => string): T {
  try {
    return JSON.parse(tell());
  } catch (error) {
    throw fromModuleError(error);
  }
}
