import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { Child } from './child.js';
import { writeConfigRepo, type ProdWindow } from './configRepo.js';

export const ROOT = resolve(import.meta.dirname, '../../..');
const PLUGIN_JS = join(ROOT, 'plugin-js');
const PROGRAMS = process.env.HARNESS_CD_PROGRAMS ?? join(ROOT, 'target/debug');
const SCOPE = { accountIdentifier: 'demo-account', orgIdentifier: 'default', projectIdentifier: 'platform' };
/** Simulated seconds in one real second. */
const SPEED = 20;
const SIMULATOR_WITHIN_MS = 20_000;
const BACKEND_WITHIN_MS = 90_000;

/** Where a pipeline is kept in Git. */
export interface PlaceInGit {
  repoName: string;
  filePath: string;
}

export function program(name: string): string {
  const path = join(PROGRAMS, name);
  if (!existsSync(path))
    throw new Error(`${path} is missing: run \`cargo build -p harness-cd-cli -p harness-cd-simulator\``);
  return path;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise(done => server.close(done));
  return port;
}

export async function startSimulator(
  entities: string,
  apiKey: string,
  account: string = 'demo-account',
): Promise<{ simulator: Child; url: string }> {
  const simulator = new Child(
    'the simulator',
    program('harness-cd-simulator'),
    ['--port', '0', '--entities', entities, '--speed', String(SPEED), '--account', account],
    { env: { ...process.env, HARNESS_SIMULATOR_API_KEY: apiKey } },
  );
  const url = await simulator.until(
    'listening',
    SIMULATOR_WITHIN_MS,
    () => /^listening on (\S+)$/m.exec(simulator.log)?.[1],
  );
  return { simulator, url };
}

/** Creates a pipeline, as somebody would in Harness by hand; with a place in Git, one that is kept there. */
async function createPipeline(options: {
  simulatorUrl: string;
  apiKey: string;
  text: string;
  place?: PlaceInGit;
}): Promise<void> {
  const remote = options.place && { storeType: 'REMOTE', connectorRef: 'github', ...options.place };
  const query = new URLSearchParams({ ...SCOPE, ...remote });
  const response = await fetch(`${options.simulatorUrl}/pipeline/api/pipelines/v2?${query}`, {
    method: 'POST',
    headers: { 'content-type': 'application/yaml', 'x-api-key': options.apiKey },
    body: options.text,
  });
  if (!response.ok) throw new Error(`the pipeline was not created: ${response.status} ${await response.text()}`);
}

/** Where the catalog finds its entities: those of the example, and those of a file. */
function catalogLocations(file: string): object[] {
  const { catalog } = parse(readFileSync(join(PLUGIN_JS, 'app-config.yaml'), 'utf8'));
  return [...catalog.locations, { type: 'file', target: file }];
}

export async function startBackend(options: {
  port: number;
  database: string;
  /** The configuration, where not that of the example portal. */
  config?: string;
  /** What the configuration takes from the environment. */
  env: Record<string, string>;
}) {
  const url = `http://localhost:${options.port}`;
  const backend = new Child(
    'the backend',
    process.execPath,
    [
      ...['--require', '@backstage/cli-node/config/nodeTransform.cjs', 'src/index.ts'],
      ...['--config', options.config ?? '../../app-config.yaml', '--config', '../../app-config.production.yaml'],
    ],
    {
      cwd: join(PLUGIN_JS, 'packages/backend'),
      env: {
        ...process.env,
        NODE_ENV: 'production',
        ...options.env,
        HARNESS_CD_PORTAL_DATABASE: options.database,
        APP_CONFIG_app_baseUrl: JSON.stringify(url),
        APP_CONFIG_backend_baseUrl: JSON.stringify(url),
        APP_CONFIG_backend_listen_port: String(options.port),
      },
    },
  );
  try {
    await backend.until('ready', BACKEND_WITHIN_MS, async () => {
      const response = await fetch(`${url}/.backstage/health/v1/readiness`).catch(() => undefined);
      return response?.ok || undefined;
    });
  } catch (error) {
    await backend.end();
    throw error;
  }
  return { backend, url };
}

/** The example portal on one port, with a simulated Harness of its own and an API key that nobody else knows. */
export class Portal {
  private constructor(
    /** What a person opens. */
    readonly url: string,
    /** The simulated Harness, with its control plane. */
    readonly simulatorUrl: string,
    /** The key that must never be seen. */
    readonly apiKey: string,
    readonly simulator: Child,
    readonly backend: Child,
    private readonly folder: string,
  ) {}

  /** The folder of the backend's databases. */
  get database(): string {
    return join(this.folder, 'database');
  }

  static async start(options: {
    prodWindow: ProdWindow;
    entities: object[];
    harness?: string[];
    /** Whether Harness is gone before the backend starts. */
    isHarnessGone?: boolean;
  }): Promise<Portal> {
    const { prodWindow, entities: own, harness = [], isHarnessGone } = options;
    if (!existsSync(join(PLUGIN_JS, 'packages/app/dist/index.html'))) {
      throw new Error('the app is not built: run `yarn workspace app build` in plugin-js');
    }
    const folder = mkdtempSync(join(tmpdir(), 'harness-cd-e2e-'));
    const configRepo = join(folder, 'config-repo');
    const entities = join(folder, 'entities');
    const database = join(folder, 'database');
    const catalog = join(folder, 'catalog.yaml');
    // JSON is YAML.
    writeFileSync(catalog, own.map(entity => JSON.stringify(entity)).join('\n---\n'));
    writeConfigRepo(join(ROOT, 'examples/config-repo'), configRepo, prodWindow);
    execFileSync(program('harness-cd'), ['render', '--config-repo', configRepo, '--out', entities], { stdio: 'pipe' });
    harness.forEach((text, index) => writeFileSync(join(entities, `own-${index}.yaml`), text));
    const apiKey = `pat.e2e.${randomBytes(24).toString('hex')}`;
    const { simulator, url: simulatorUrl } = await startSimulator(entities, apiKey);
    try {
      const text = readFileSync(join(ROOT, 'examples/harness/storefront-release.yaml'), 'utf8');
      await createPipeline({ simulatorUrl, apiKey, text });
      if (isHarnessGone) await simulator.end('SIGKILL');
      const port = await freePort();
      const { backend, url } = await startBackend({
        port,
        database,
        env: {
          HARNESS_API_KEY: apiKey,
          HARNESS_BASE_URL: simulatorUrl,
          APP_CONFIG_catalog_locations: JSON.stringify(catalogLocations(catalog)),
          APP_CONFIG_harnessCd_configRepo: JSON.stringify(configRepo),
        },
      });
      return new Portal(url, simulatorUrl, apiKey, simulator, backend, folder);
    } catch (error) {
      await simulator.end();
      throw error;
    }
  }

  /** Everything its processes have written. */
  get log(): string {
    return this.simulator.log + this.backend.log;
  }

  /** Says something to the simulator's control plane. */
  async control(path: string, body: object): Promise<void> {
    const response = await fetch(`${this.simulatorUrl}/simulator/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`/simulator/${path} answered ${response.status}: ${await response.text()}`);
  }

  /** Creates a pipeline. */
  async createPipeline(text: string): Promise<void> {
    await createPipeline({ simulatorUrl: this.simulatorUrl, apiKey: this.apiKey, text });
  }

  /** Creates a pipeline that is kept in Git. */
  async createPipelineInGit(text: string, place: PlaceInGit): Promise<void> {
    await createPipeline({ simulatorUrl: this.simulatorUrl, apiKey: this.apiKey, text, place });
  }

  /** Runs a pipeline that asks for nothing, as somebody would in Harness itself. */
  async run(pipeline: string): Promise<void> {
    const query = new URLSearchParams(SCOPE);
    const response = await fetch(`${this.simulatorUrl}/pipeline/api/pipeline/execute/${pipeline}?${query}`, {
      method: 'POST',
      headers: { 'content-type': 'application/yaml', 'x-api-key': this.apiKey },
    });
    if (!response.ok) throw new Error(`${pipeline} was not run: ${response.status} ${await response.text()}`);
  }

  /** The runs that were really started, the oldest first, with what was asked for. */
  async runs(): Promise<{ pipeline: string; request?: { query: string; body: string } }[]> {
    const { runs } = await (await fetch(`${this.simulatorUrl}/simulator/truth`)).json();
    return runs;
  }

  /** Lets simulated time pass as slowly as real time, so that a run is still at work when a busy machine looks. */
  async linger(): Promise<void> {
    await this.control('clock', { speed: 1 });
  }

  /** Ends what runs, and lets simulated time pass quickly again. */
  async hurry(): Promise<void> {
    await this.control('clock', { advanceMs: 10 * 60_000, speed: SPEED });
  }

  async stop(): Promise<void> {
    await Promise.all([this.backend.end(), this.simulator.end()]);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
