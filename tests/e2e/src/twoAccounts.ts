import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse, stringify } from 'yaml';
import type { Child } from './child.js';
import { component, pageOf } from './entities.js';
import { freePort, program, ROOT, startBackend, startSimulator } from './portal.js';

const PROJECT = 'projectIdentifier: platform';

/** The files of the rendered example, those of its project once for each of these projects. */
function writeEntities(rendered: string, folder: string, projects: string[]): void {
  for (const path of readdirSync(rendered, { recursive: true, encoding: 'utf8' })) {
    if (!path.endsWith('.yaml')) continue;
    const text = readFileSync(join(rendered, path), 'utf8');
    const copies = text.includes(PROJECT) ? projects : [''];
    for (const project of copies) {
      const target = join(folder, project, path);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, text.replaceAll(PROJECT, `projectIdentifier: ${project}`));
    }
  }
}

/** A team, the person that a guest signs in as, and its services: one with three pipelines of one identifier, one by its service, one that names none, one out of reach. */
function catalog() {
  const service = (name: string, annotations: Record<string, string>) => component(name, annotations, 'payments-team');
  const pipeline = (name: string) => `pipelines/${name}_service_cd/pipeline-studio`;
  return [
    {
      apiVersion: 'backstage.io/v1alpha1',
      kind: 'Group',
      metadata: { name: 'payments-team' },
      spec: { type: 'team', children: [] },
    },
    {
      apiVersion: 'backstage.io/v1alpha1',
      kind: 'User',
      metadata: { name: 'guest' },
      spec: { memberOf: ['payments-team'] },
    },
    service('payment-service', {
      'harness.io/pipelines': [
        `staging: ${pageOf('staging-account', 'platform', pipeline('payment'))}`,
        `staging shops: ${pageOf('staging-account', 'shops', pipeline('payment'))}`,
        `live: ${pageOf('live-account', 'platform', pipeline('payment'))}`,
      ].join('\n'),
    }),
    service('order-service', { 'harness.io/services': pageOf('live-account', 'shops', 'services/order_service') }),
    service('ledger-service', {}),
    service('out-of-reach', { 'harness.io/pipeline-url': pageOf('live-account', 'secret', pipeline('payment')) }),
  ];
}

/** A portal of two accounts with two projects each, and without a config repo. */
export class TwoAccounts {
  private constructor(
    readonly url: string,
    readonly apiKeys: string[],
    readonly staging: Child,
    readonly live: Child,
    private readonly liveUrl: string,
    readonly backend: Child,
    private readonly folder: string,
  ) {}

  static async start(): Promise<TwoAccounts> {
    const folder = mkdtempSync(join(tmpdir(), 'harness-cd-e2e-'));
    const rendered = join(folder, 'rendered');
    const entities = join(folder, 'entities');
    const exampleRepo = join(ROOT, 'examples/config-repo');
    execFileSync(program('harness-cd'), ['render', '--config-repo', exampleRepo, '--out', rendered], { stdio: 'pipe' });
    writeEntities(rendered, entities, ['platform', 'shops']);

    const ids = ['staging-account', 'live-account'];
    const apiKeys = ids.map(() => `pat.e2e.${randomBytes(24).toString('hex')}`);
    const [staging, live] = await Promise.all(ids.map((id, index) => startSimulator(entities, apiKeys[index], id)));
    const accounts = [staging, live].map(({ url }, index) => {
      const projects = ['default/platform', 'default/shops'];
      return { id: ids[index], baseUrl: url, apiKey: apiKeys[index], projects };
    });
    const file = join(folder, 'catalog.yaml');
    writeFileSync(
      file,
      catalog()
        .map(entity => stringify(entity))
        .join('---\n'),
    );
    const base = parse(readFileSync(join(ROOT, 'plugin-js/app-config.yaml'), 'utf8'));
    const location = { type: 'file', target: file };
    const own = { ...base, harnessCd: { accounts }, catalog: { ...base.catalog, locations: [location] } };
    const config = join(folder, 'app-config.yaml');
    writeFileSync(config, stringify(own));
    try {
      const port = await freePort();
      const database = join(folder, 'database');
      const { backend, url } = await startBackend({ port, database, config, env: {} });
      return new TwoAccounts(url, apiKeys, staging.simulator, live.simulator, live.url, backend, folder);
    } catch (error) {
      await Promise.all([staging.simulator.end(), live.simulator.end()]);
      throw error;
    }
  }

  /** How many runs were really started in the live account. */
  async runsInLive(): Promise<number> {
    const response = await fetch(`${this.liveUrl}/simulator/truth`);
    const { runs }: { runs: unknown[] } = await response.json();
    return runs.length;
  }

  async stop(): Promise<void> {
    await Promise.all([this.backend.end(), this.staging.end(), this.live.end()]);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
