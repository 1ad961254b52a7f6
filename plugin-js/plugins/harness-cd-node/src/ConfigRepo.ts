import type { LoggerService } from '@backstage/backend-plugin-api';
import { stringifyError } from '@backstage/errors';
import type { DeployRules, Diagnostic } from 'backstage-plugin-harness-cd-common';
import { readConfigRepo } from 'harness-cd-wasm';
import type { ReadConfigRepoFiles } from './configRepoFiles';
import { harnessFailure } from './errors';

const CHECK_INTERVAL_MS = 30_000;

/** What a config repo says of all services. */
export interface PlatformRules {
  /** One per service. */
  rules: DeployRules[];
  /** Names of the regions. */
  regions: string[];
}

/**
 * A config repo, read when it is first asked for and again when it changed, at most every 30 s.
 *
 * A reading that fails does not take away the one before.
 */
export class ConfigRepo {
  #version: string | undefined;
  #platform: PlatformRules | undefined;
  #checkedAt = -Infinity;
  #checking: Promise<void> | undefined;

  constructor(
    private readonly target: string,
    private readonly readFiles: ReadConfigRepoFiles,
    private readonly logger: LoggerService,
  ) {}

  /** The rules at present. */
  async platform(): Promise<PlatformRules> {
    if (Date.now() - this.#checkedAt >= CHECK_INTERVAL_MS) await this.check();
    if (!this.#platform) {
      throw harnessFailure('INVALID_CONFIG', 'The config repo has errors; the log of the backend lists them.');
    }
    return this.#platform;
  }

  /** Reads the config repo if it changed. Throws only while there is no earlier reading. */
  async check(): Promise<void> {
    this.#checking ??= this.#readIfChanged().finally(() => {
      this.#checking = undefined;
    });
    await this.#checking;
  }

  async #readIfChanged(): Promise<void> {
    try {
      const current = await this.readFiles(this.#version);
      this.#checkedAt = Date.now();
      if (!current) return;
      this.#version = current.version;
      this.#take(readConfigRepo(current.files));
    } catch (error) {
      // The log has the place; whoever looks at a page has not, for it may be a path of the server.
      const message = `The config repo that harnessCd.configRepo names, ${this.target}, cannot be read: ${stringifyError(error)}`;
      if (!this.#platform) {
        this.logger.error(message);
        throw harnessFailure('INVALID_CONFIG', 'The config repo cannot be read; the log of the backend says why.');
      }
      this.#checkedAt = Date.now();
      this.logger.warn(`${message}; the rules read before stay in force`);
    }
  }

  #take(reading: ReturnType<typeof readConfigRepo>): void {
    reading.diagnostics.forEach(diagnostic => this.logger.warn(oneLine(diagnostic)));
    if (reading.kind === 'read') {
      this.#platform = { rules: reading.rules, regions: reading.regions };
    } else if (this.#platform) {
      this.logger.warn(`The config repo at ${this.target} has errors; the rules read before stay in force`);
    }
  }
}

function oneLine({ file, range, severity, code, message }: Diagnostic): string {
  return `${file}:${range.line}:${range.column}: ${severity} ${code}: ${message}`;
}
