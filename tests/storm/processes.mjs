// The simulator and the replicas of the portal's backend: real processes, which may be killed.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** The project. */
export const root = resolve(import.meta.dirname, '../..');
const programs = process.env.HARNESS_CD_PROGRAMS ?? join(root, 'target/debug');
const traps = join(import.meta.dirname, 'traps.cjs');
const backendFolder = join(root, 'plugin-js/packages/backend');

/** Where the logs and the databases of a storm are. */
export const folder = mkdtempSync(join(tmpdir(), 'harness-cd-storm-'));

/** Waits until something is there. */
export async function until(what, seconds, look) {
  for (let tries = 0; tries < seconds * 5; tries += 1) {
    const found = await look();
    if (found) return found;
    await wait(200);
  }
  throw new Error(`${what} did not happen in ${seconds} s; the logs are in ${folder}`);
}

const children = new Set();
// However this ends: one that is left behind has its port, and is in the way of the next.
process.once('exit', () => children.forEach(child => child.kill('SIGKILL')));

function start(name, program, args, options) {
  const log = join(folder, `${name}.log`);
  const file = openSync(log, 'a');
  const child = spawn(program, args, { ...options, stdio: ['ignore', file, file] });
  children.add(child);
  child.once('exit', () => children.delete(child));
  return { child, log };
}

/** The simulated Harness, with the services of a config repo; `more` are arguments beside the usual ones. */
export async function startSimulator(
  apiKey,
  { more = [], pace = 200, configRepo = join(root, 'examples/config-repo') } = {},
) {
  const entities = join(folder, 'entities');
  execFileSync(join(programs, 'harness-cd'), ['render', '--config-repo', configRepo, '--out', entities]);
  const args = ['--port', '0', '--pace', String(pace), '--entities', entities, '--seed', '7', ...more];
  const { child, log } = start('simulator', join(programs, 'harness-cd-simulator'), args, {
    env: { ...process.env, HARNESS_SIMULATOR_API_KEY: apiKey },
  });
  const url = await until('listening', 120, () => /^listening on (\S+)$/m.exec(readFileSync(log, 'utf8'))?.[1]);
  const control = async (method, path, body) => {
    const response = await fetch(`${url}/simulator/${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: body && JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  return { child, url, control };
}

/** One replica of the example portal's backend, on the database that all of them share. */
export class Replica {
  #log;

  constructor(options) {
    this.options = options;
    this.url = `http://localhost:${options.port}`;
  }

  async start() {
    const { port, simulatorUrl, apiKey, database, more = [] } = this.options;
    const config = ['../../app-config.yaml', '../../app-config.production.yaml', database.config, ...more];
    const { child, log } = start(
      `backend-${port}`,
      process.execPath,
      ['--require', traps, '--require', '@backstage/cli-node/config/nodeTransform.cjs', 'src/index.ts'].concat(
        config.flatMap(file => ['--config', file]),
      ),
      {
        cwd: backendFolder,
        env: {
          ...process.env,
          NODE_ENV: 'production',
          HARNESS_API_KEY: apiKey,
          HARNESS_BASE_URL: simulatorUrl,
          STORM_PORT: String(port),
          STORM_DATABASE: database.connection,
          NODE_COMPILE_CACHE: join(folder, 'compile-cache'),
        },
      },
    );
    this.child = child;
    this.#log = log;
    let hasEnded = false;
    this.child.on('exit', () => {
      this.isUp = false;
      hasEnded = true;
    });
    await until(`the start of ${this.url}`, 300, () => {
      // Another one that was left behind may have its port, and would answer.
      if (hasEnded) throw new Error(`${this.url} has ended; its log is ${log}`);
      // Such a one stays, and answers nothing.
      if (readFileSync(log, 'utf8').includes('Backend startup failed')) throw new Error(`${this.url}: see ${log}`);
      return fetch(`${this.url}/.backstage/health/v1/readiness`).then(
        response => response.ok,
        () => false,
      );
    });
    this.token = await this.#signIn();
    this.isUp = true;
  }

  /** As a machine that loses its power. */
  async kill() {
    this.isUp = false;
    const gone = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await gone;
  }

  /** How often its core was brought down. */
  traps(when) {
    return readFileSync(this.#log, 'utf8').split(`storm: a trap ${when} the post`).length - 1;
  }

  async #signIn() {
    const answer = await until(`a guest of ${this.url}`, 60, () =>
      fetch(`${this.url}/api/auth/guest/refresh`, { method: 'POST', headers: { 'x-requested-with': 'XMLHttpRequest' } })
        .then(response => response.json())
        .then(
          body => body.backstageIdentity,
          () => undefined,
        ),
    );
    return answer.token;
  }
}
