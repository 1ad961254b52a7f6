import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { exampleConfigRepo, examplePipeline, program } from './paths';

/** What the simulator does instead of answering well. */
export interface SimulatorFault {
  kind:
    | 'unauthorized'
    | 'forbidden'
    | 'notFound'
    | 'conflict'
    | 'rateLimited'
    | 'serverError'
    | 'badGatewayAfterAccept'
    | 'slow'
    | 'cutBody'
    | 'htmlPage'
    | 'resetAfterAccept';
  /** A part of the path. */
  path?: string;
  method?: string;
  /** How often; 0 until cleared. */
  times?: number;
  delayMs?: number;
  /** Another status than that of the kind. */
  status?: number;
  /** How likely it is, drawn by `seed`. */
  probability?: number;
  seed?: number;
}

/** A run that was really started, whatever was answered. */
export interface SimulatedRun {
  execution: string;
  pipeline: string;
  request?: { path: string; query: string; body: string };
}

/** A request that the simulator received. */
export interface SimulatedRequest {
  method: string;
  path: string;
  query: string;
  status: number;
}

/** What another simulator has than the usual one. */
export interface SimulatorOptions {
  account?: string;
  /** The key of the account. */
  apiKey?: string;
  /** Texts of pipelines that are there from the start, and so have a history; each says in which project. */
  pipelines?: string[];
}

/** A running simulator. */
export class Simulator {
  static readonly apiKey = 'pat.demo-account.simulated.0123456789abcdef';
  static readonly scope = { account: 'demo-account', org: 'default', project: 'platform' };

  /** Starts a simulator with the services of the example config repo; simulated time runs 1000 times as fast. */
  static async start(options: SimulatorOptions = {}): Promise<Simulator> {
    const { account = Simulator.scope.account, apiKey = Simulator.apiKey, pipelines = [] } = options;
    const entities = await renderExample();
    await Promise.all(pipelines.map((text, index) => writeFile(join(entities, `more-${index}.yaml`), text)));
    const child = spawn(
      program('harness-cd-simulator'),
      ['--port', '0', '--entities', entities, '--speed', '1000', '--seed', '1', '--account', account],
      {
        env: { ...process.env, HARNESS_SIMULATOR_API_KEY: apiKey },
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    return new Simulator(child, entities, await readAddress(child), account, apiKey);
  }

  private constructor(
    private readonly child: ChildProcess,
    private readonly entities: string,
    /** For example `http://127.0.0.1:40123`. */
    readonly baseUrl: string,
    private readonly account: string,
    private readonly apiKey: string,
  ) {}

  /** What `harnessCd` in app-config says to reach this simulator. */
  get config() {
    return {
      harnessCd: {
        baseUrl: this.baseUrl,
        apiKey: this.apiKey,
        ...this.#scope(),
        configRepo: exampleConfigRepo,
      },
    };
  }

  /** What an entry of `harnessCd.accounts` says to reach these projects of this simulator. */
  accountConfig(projects: string[]) {
    return { id: this.account, baseUrl: this.baseUrl, apiKey: this.apiKey, projects };
  }

  /** The address of a pipeline, for annotations; of the example's project where none is given. */
  pipelineUrl(pipeline: string, project?: string): string {
    return `${this.#projectUrl(project)}/pipelines/${pipeline}/pipeline-studio/`;
  }

  /** The address of a service, for annotations; of the example's project where none is given. */
  serviceUrl(service: string, project?: string): string {
    return `${this.#projectUrl(project)}/services/${service}`;
  }

  /** Creates `storefront_release`, the example's pipeline that is in no config repo. */
  async createStorefrontPipeline(): Promise<void> {
    await this.createPipeline(await readFile(examplePipeline, 'utf8'));
  }

  /** Creates a pipeline like `storefront_release`, under another identifier and with these tags. */
  async createPipelineLikeStorefront(identifier: string, tags: Record<string, string>): Promise<void> {
    const storefront = await readFile(examplePipeline, 'utf8');
    const tagged = storefront.replace(/^ {2}tags:\n( {4}.*\n)*/m, `  tags: ${JSON.stringify(tags)}\n`);
    const named = tagged.replace('identifier: storefront_release', `identifier: ${identifier}`);
    await this.createPipeline(named.replace('name: Storefront release', `name: ${identifier}`));
  }

  /** Creates a pipeline that deploys nothing; its identifier. */
  async createBuildPipeline(identifier: string): Promise<string> {
    const execution = {
      steps: [{ step: { type: 'Wait', name: 'Wait', identifier: 'wait', spec: { duration: '1s' } } }],
    };
    const build = { name: 'Build', identifier: 'build', type: 'Custom', spec: { execution } };
    const place = { orgIdentifier: Simulator.scope.org, projectIdentifier: Simulator.scope.project };
    // JSON is YAML.
    await this.createPipeline(
      JSON.stringify({ pipeline: { name: identifier, identifier, ...place, stages: [{ stage: build }] } }),
    );
    return identifier;
  }

  /** Creates a pipeline of this text; with a place in Git, one that is kept there. */
  async createPipeline(
    text: string,
    place: { repoName: string; filePath: string } | undefined = undefined,
  ): Promise<void> {
    await this.#post(
      'pipeline/api/pipelines/v2',
      text,
      place && { storeType: 'REMOTE', connectorRef: 'github', ...place },
    );
  }

  /** Creates an infrastructure definition of an environment. */
  async createInfrastructure(environmentRef: string, definition: { identifier: string; type: string }): Promise<void> {
    const { org, project } = this.#scope();
    const own = { orgIdentifier: org, projectIdentifier: project, environmentRef, name: definition.identifier };
    const yaml = JSON.stringify({ infrastructureDefinition: { ...own, ...definition } });
    const { identifier, type } = definition;
    await this.#post('ng/api/infrastructures', JSON.stringify({ ...own, identifier, type, yaml }));
  }

  /** Creates an input set of a pipeline, or with the root `overlayInputSet` an overlay. */
  async createInputSet(pipelineIdentifier: string, text: string): Promise<void> {
    const path = text.trimStart().startsWith('overlayInputSet') ? 'inputSets/overlay' : 'inputSets';
    await this.#post(`pipeline/api/${path}`, text, { pipelineIdentifier });
  }

  /** Creates a service of this text, in the example's project. */
  async createService(identifier: string, yaml: string): Promise<void> {
    const { org, project } = this.#scope();
    const service = { identifier, name: identifier, orgIdentifier: org, projectIdentifier: project, yaml };
    await this.#send('ng/api/servicesV2', 'application/json', JSON.stringify(service));
  }

  /** Changes a file in Git, as somebody else would. */
  async push(file: { repo: string; branch: string; path: string; text: string }): Promise<void> {
    await this.#control('POST', 'git', file);
  }

  /** Runs a pipeline as somebody would in Harness itself; the execution. */
  async run(pipeline: string, values: Record<string, string>): Promise<string> {
    const variables = Object.entries(values).map(([name, value]) => ({ name, type: 'String', value }));
    const body = JSON.stringify({ pipeline: { identifier: pipeline, variables } });
    const { data } = await (await this.#post(`pipeline/api/pipeline/execute/${pipeline}`, body)).json();
    return data.planExecution.uuid;
  }

  async addFault(fault: SimulatorFault): Promise<void> {
    await this.#control('POST', 'faults', fault);
  }

  async clearFaults(): Promise<void> {
    await this.#control('DELETE', 'faults');
  }

  /** Decides how the next run of a pipeline ends. */
  async setOutcome(pipeline: string, outcome: 'success' | 'failVerify' | 'failDeploy'): Promise<void> {
    await this.#control('POST', 'outcomes', { pipeline, outcome });
  }

  /** Turns the clock: ahead by some ms, and how many times as fast as the wall's it goes; 0 stops it. */
  async setClock(change: { advanceMs?: number; speed?: number }): Promise<void> {
    await this.#control('POST', 'clock', change);
  }

  /** Takes as many calls of a key as come. */
  async liftLimits(): Promise<void> {
    await this.#control('POST', 'modes', { limits: 'off' });
  }

  /** What the delegate says of the builds of an artifact. */
  async setArtifactBuilds(artifactBuilds: 'ready' | 'slow' | 'noDelegate' | 'refused' | 'many'): Promise<void> {
    await this.#control('POST', 'modes', { artifactBuilds });
  }

  /** How long the list of executions does not know a new one, in simulated ms. */
  async setListLag(listLagMs: number): Promise<void> {
    const { settings } = await (await this.#control('GET', 'modes')).json();
    await this.#control('POST', 'modes', { settings: { ...settings, listLagMs } });
  }

  /** The requests received since the last {@link Simulator.forgetRequests}, without those of this class. */
  async requests(): Promise<SimulatedRequest[]> {
    const response = await this.#control('GET', 'requests');
    return response.json();
  }

  /** How many runs of pipelines were asked for since the last {@link Simulator.forgetRequests}. */
  async runsStarted(): Promise<number> {
    const requests = await this.requests();
    return requests.filter(({ method, path }) => method === 'POST' && path.includes('/pipeline/execute')).length;
  }

  async forgetRequests(): Promise<void> {
    await this.#control('DELETE', 'requests');
  }

  /** Starts a backend, and forgets the one read by which it tries its key: no test counts that. */
  async startBackend<T>(start: () => Promise<T>): Promise<T> {
    await this.forgetRequests();
    const started = await start();
    while ((await this.requests()).length === 0) await wait(10);
    await this.forgetRequests();
    return started;
  }

  /** The runs that were really started since this simulator was, the oldest first. */
  async runs(): Promise<SimulatedRun[]> {
    const response = await this.#control('GET', 'truth');
    const { runs }: { runs: SimulatedRun[] } = await response.json();
    return runs;
  }

  /** How many calls came since the start, of whoever has a key. */
  async calls(): Promise<number> {
    const response = await this.#control('GET', 'truth');
    const { calls }: { calls: { answered: number; refused: number }[] } = await response.json();
    return calls.reduce((sum, { answered, refused }) => sum + answered + refused, 0);
  }

  async stop(): Promise<void> {
    const ended = once(this.child, 'exit');
    if (this.child.exitCode === null && this.child.kill()) await ended;
    await rm(this.entities, { recursive: true, force: true });
  }

  async #post(path: string, text: string, more?: Record<string, string>): Promise<Response> {
    return this.#send(path, 'application/yaml', text, more);
  }

  async #send(path: string, contentType: string, body: string, more: Record<string, string> = {}): Promise<Response> {
    const { account, org, project } = this.#scope();
    const scope = { accountIdentifier: account, orgIdentifier: org, projectIdentifier: project };
    const response = await fetch(`${this.baseUrl}/${path}?${new URLSearchParams({ ...scope, ...more })}`, {
      method: 'POST',
      headers: { 'content-type': contentType, 'x-api-key': this.apiKey },
      body,
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response;
  }

  #scope() {
    return { ...Simulator.scope, account: this.account };
  }

  #projectUrl(project: string = Simulator.scope.project): string {
    const { account, org } = this.#scope();
    return `${this.baseUrl}/ng/account/${account}/module/cd/orgs/${org}/projects/${project}`;
  }

  async #control(method: string, path: string, body?: object): Promise<Response> {
    const response = await fetch(`${this.baseUrl}/simulator/${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: body && JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response;
  }
}

async function renderExample(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'harness-cd-entities-'));
  await promisify(execFile)(program('harness-cd'), ['render', '--config-repo', exampleConfigRepo, '--out', folder]);
  return folder;
}

async function readAddress(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error('the simulator has no output');
  const lines = createInterface({ input: child.stdout });
  for await (const line of lines) {
    const address = /^listening on (\S+)$/.exec(line)?.[1];
    if (address) return address;
  }
  throw new Error('the simulator ended before it listened');
}
