/**
 * The whole core, for the backend.
 *
 * @packageDocumentation
 */
import type {
  AllowedDeployment,
  ConfigReading,
  DeployCheck,
  DeployRules,
  Diagnostic,
  ExecutionProgress,
  ExecutionQuery,
  HarnessAnnotations,
  HarnessClientOptions,
  HistoryOptions,
  InputsReading,
  LivePipeline,
  Rendered,
  RunOutcome,
} from 'backstage-plugin-harness-cd-common';

export * from './browser';

/** Reads the Harness annotations of a catalog entity. */
export function readAnnotations(annotations: Record<string, string>): HarnessAnnotations;

/** Reads a config repository: path relative to its root to content. */
export function readConfigRepo(files: Record<string, string>): ConfigReading;

/**
 * Renders every entity of a config repository: path relative to its root to content, in and out. What is broken is
 * left out, and said in the diagnostics.
 */
export function renderConfigRepo(files: Record<string, string>): Rendered;

/**
 * Renders one template once for each set of values, by placeholder name, and hands on each text as it is made. Where
 * there are diagnostics, not every set had its text.
 *
 * @param file - how findings name the template
 */
export function renderTemplate(
  file: string,
  text: string,
  values: Record<string, string>[],
  take: (text: string) => void,
): Diagnostic[];

/**
 * Checks any Harness YAML, such as a pipeline, for what is wrong beyond what a schema can say.
 *
 * @param file - how findings name the text
 */
export function lint(file: string, text: string): Diagnostic[];

/** Checks a whole config repository: its descriptions, its templates and what they render to. */
export function lintConfigRepo(files: Record<string, string>): Diagnostic[];

/**
 * Reads the runtime inputs of a pipeline, template, input set or any other Harness YAML.
 *
 * @param file - names the text in diagnostics
 */
export function runtimeInputs(file: string, text: string): InputsReading;

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
  /**
   * Checks a deploy request, given as the JSON text that a person or a program sent: against the rules of its service,
   * without calling Harness, and where none is broken against the live pipeline. A pipeline that is in no config repo
   * has no rules.
   */
  checkDeploy(requestText: string, pipeline: string, rules?: DeployRules): Promise<DeployCheck>;
  /**
   * Starts a checked deployment; sent once.
   *
   * @param startedBy - for example `Backstage by user:default/ana`
   * @param nonce - a text that no other run has, 8 to 64 letters, digits, `-` and `_`
   */
  startDeployment(deployment: AllowedDeployment, startedBy: string, nonce: string): Promise<RunOutcome>;
  /** Reads a pipeline as it is in Harness now, and what it asks for. */
  getPipeline(pipeline: string): Promise<LivePipeline>;
  /**
   * Lists executions as deployments: the JSON text of a `HistoryPage`.
   *
   * @param regions - looked for in the identifiers of infrastructure definitions
   */
  listDeployments(query: ExecutionQuery, regions: string[]): Promise<string>;
  /** Reads how far one execution is. */
  getExecution(id: string): Promise<ExecutionProgress>;
  /** Frees the client; calls in flight end as usual, later ones are refused. */
  free(): void;
}
