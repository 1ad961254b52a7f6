/**
 * The whole core, for the backend.
 *
 * @packageDocumentation
 */
import type {
  ConfigReading,
  Diagnostic,
  ExecutionProgress,
  ExecutionQuery,
  HarnessClientOptions,
  HistoryOptions,
  InputsReading,
  Rendered,
  RunOutcome,
  RunRequest,
} from 'backstage-plugin-harness-cd-common';

export * from './browser';

/** Reads a config repository: path relative to its root to content. */
export function readConfigRepo(files: Record<string, string>): ConfigReading;

/** Renders the Harness entities of every service of a config repository. */
export function renderConfigRepo(files: Record<string, string>): Rendered;

/** Reads the runtime inputs of any Harness YAML; `file` is its name in findings. */
export function runtimeInputs(file: string, text: Uint8Array): InputsReading;

/** Checks any Harness YAML; `file` is its name in findings. */
export function lint(file: string, text: Uint8Array): Diagnostic[];

/**
 * Shapes the body of Harness's answer about executions.
 *
 * @returns the JSON text of a `HistoryPage`
 * @throws {@link HarnessCdError} with the code `MALFORMED_RESPONSE` for any other body
 */
export function shapeHistory(body: Uint8Array, options: HistoryOptions): string;

/**
 * A client of one project of Harness. Every method throws a {@link HarnessCdError}. `free()` it when it is no longer
 * needed: its memory is the core's.
 */
export class HarnessClient {
  /** Checks the options, and sends nothing. */
  constructor(options: HarnessClientOptions);
  /** Starts a pipeline; sent once. */
  runPipeline(run: RunRequest): Promise<RunOutcome>;
  /** Lists executions as deployments: the JSON text of a `HistoryPage`. */
  listDeployments(query: ExecutionQuery, options: HistoryOptions): Promise<string>;
  /** Reads how far one execution is. */
  getExecution(id: string, options: HistoryOptions): Promise<ExecutionProgress>;
  /** Reads a pipeline's YAML. */
  getPipelineYaml(pipeline: string): Promise<string>;
  /** Frees the client; calls in flight end as usual, later ones are refused. */
  free(): void;
}
