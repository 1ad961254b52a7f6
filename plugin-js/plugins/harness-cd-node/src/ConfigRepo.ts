import type { LoggerService } from '@backstage/backend-plugin-api';
import { stringifyError } from '@backstage/errors';
import type { DeployRules, Diagnostic, PipelineRef, StoppedService } from 'backstage-plugin-harness-cd-common';
import { placesOfRules, readConfigRepo, rulesOf } from 'harness-cd-wasm';
import type { ReadConfigRepoFiles } from './configRepoFiles';
import { harnessFailure } from './errors';
import { LastKnown } from './LastKnown';

const FRESH_MS = 30_000;
const RETRY_MS = 10_000;
/** Anybody's annotation may name any pipeline. */
const MAX_FOUND = 10_000;

/** The rules of a pipeline; nothing where it is in no config repo, and `stopped` where its service is. */
export type FoundRules = DeployRules | undefined | 'stopped';

/** What `placesOfRules` says of a pipeline whose service is stopped. */
const STOPPED = -2;

/** What a config repo says of all services. */
export interface PlatformRules {
  /** One per service that is sound. */
  rules: DeployRules[];
  /** The others, whose pipelines nobody may run. */
  stopped: StoppedService[];
  /** Names of the regions. */
  regions: string[];
}

/** A config repo at one version; without a platform while it has errors and there was no version without. */
interface Version {
  version: string;
  platform: PlatformRules | undefined;
}

/**
 * A config repo, read when it is first asked for and again when it changed, at most every 30 s.
 *
 * A reading that fails does not take away the one before.
 */
export class ConfigRepo {
  readonly #versions = new LastKnown<string, Version | undefined>({
    read: (_target, before) => this.#read(before),
    freshFor: () => FRESH_MS,
    max: 1,
    retryMs: RETRY_MS,
  });

  readonly #found = new WeakMap<PlatformRules, Map<string, FoundRules>>();

  constructor(
    private readonly target: string,
    private readonly readFiles: ReadConfigRepoFiles,
    private readonly logger: LoggerService,
    /** Where in app-config it stands. */
    private readonly configuredAt: string = 'harnessCd.configRepo',
  ) {}

  /** The rules at present. */
  async platform(): Promise<PlatformRules> {
    const { value } = await this.#versions.ask(this.target);
    if (!value?.platform) {
      throw harnessFailure('INVALID_CONFIG', 'The config repo has errors; the log of the backend lists them.');
    }
    return value.platform;
  }

  /**
   * The rules of the service that a pipeline deploys; looked for once in each version, as every page asks for them. Throws
   * `INVALID_CONFIG` where it is the pipeline of a service that is stopped.
   */
  async rulesOf(pipeline: PipelineRef): Promise<DeployRules | undefined> {
    const platform = await this.platform();
    const found = this.#foundIn(platform);
    const key = keyOf(pipeline);
    const known = found.get(key);
    if (found.has(key) && known !== 'stopped') return known;
    const rules = rulesOf(platform.rules, platform.stopped, refOf(pipeline));
    found.set(key, rules);
    return rules;
  }

  /** The rules of many pipelines, which are looked for together. */
  async rulesOfEach(pipelines: PipelineRef[]): Promise<FoundRules[]> {
    const platform = await this.platform();
    const found = this.#foundIn(platform);
    const unknown = pipelines.filter(pipeline => !found.has(keyOf(pipeline)));
    if (unknown.length > 0) {
      const places = placesOfRules(platform.rules, platform.stopped, unknown.map(refOf));
      unknown.forEach((pipeline, index) => {
        const place = places[index];
        found.set(keyOf(pipeline), place === STOPPED ? 'stopped' : platform.rules[place]);
      });
    }
    return pipelines.map(pipeline => found.get(keyOf(pipeline)));
  }

  #foundIn(platform: PlatformRules): Map<string, FoundRules> {
    const found = this.#found.get(platform) ?? new Map<string, FoundRules>();
    if (found.size >= MAX_FOUND) found.clear();
    this.#found.set(platform, found);
    return found;
  }

  /** Reads the config repo if it changed. Throws only while there is no earlier reading. */
  async check(): Promise<void> {
    await this.#versions.ask(this.target, { evenIfFresh: true });
  }

  async #read(before: Version | undefined): Promise<Version | undefined> {
    try {
      const current = await this.readFiles(before?.version);
      return current ? { version: current.version, platform: this.#platformOf(current.files, before) } : before;
    } catch (error) {
      // The log has the place; whoever looks at a page has not, for it may be a path of the server.
      const message = `The config repo that ${this.configuredAt} names, ${this.target}, cannot be read: ${stringifyError(error)}`;
      if (before?.platform) this.logger.warn(`${message}; the rules read before stay in force`);
      else this.logger.error(message);
      throw harnessFailure('INVALID_CONFIG', 'The config repo cannot be read; the log of the backend says why.');
    }
  }

  #platformOf(files: Record<string, string>, before: Version | undefined): PlatformRules | undefined {
    const reading = readConfigRepo(files);
    reading.diagnostics.forEach(diagnostic => this.logger.warn(oneLine(diagnostic)));
    if (reading.kind === 'read') {
      const { rules, stopped, regions } = reading;
      return { rules, stopped, regions };
    }
    if (before?.platform) {
      this.logger.warn(`The config repo at ${this.target} has errors; the rules read before stay in force`);
    }
    return before?.platform;
  }
}

/** What rules are found by, and nothing that a reference may have beside it. */
function refOf({ account, org, project, pipeline }: PipelineRef): PipelineRef {
  return { account, org, project, pipeline };
}

function keyOf({ org, project, pipeline }: PipelineRef): string {
  return JSON.stringify([org, project, pipeline]);
}

function oneLine({ file, range, severity, code, message }: Diagnostic): string {
  return `${file}:${range.line}:${range.column}: ${severity} ${code}: ${message}`;
}
