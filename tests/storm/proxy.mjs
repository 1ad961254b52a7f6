// A proxy worse than meshes have them: it sends a request to any replica, repeats it where it got no answer or one of those
// that are said to pass, and sends most of them several times for no reason.
import { setTimeout as wait } from 'node:timers/promises';

const REPEATED = [502, 503, 504];
const REPEATS = 2;
const MOST_COPIES = 5;
const LATEST_COPY_MS = 3_000;

export class Proxy {
  sent = 0;

  constructor(replicas) {
    this.replicas = replicas;
  }

  /** The answer that the caller sees; `undefined` where the proxy gave up. */
  async send(path, init) {
    if (init.method === 'POST') this.#copy(path, init);
    for (let attempt = 0; attempt <= REPEATS; attempt += 1) {
      const answer = await this.#once(path, init).catch(() => undefined);
      if (answer && !REPEATED.includes(answer.status)) return answer;
    }
    return undefined;
  }

  #copy(path, init) {
    for (let copies = Math.floor(Math.random() * (MOST_COPIES + 1)); copies > 0; copies -= 1) {
      // Nobody waits for what becomes of it.
      wait(Math.random() * LATEST_COPY_MS)
        .then(() => this.#once(path, init))
        .catch(() => {});
    }
  }

  async #once(path, init) {
    const up = this.replicas.filter(replica => replica.isUp);
    const replica = up[Math.floor(Math.random() * up.length)];
    if (!replica) throw new Error('no replica is up');
    if (init.method === 'POST') this.sent += 1;
    const response = await fetch(`${replica.url}${path}`, {
      ...init,
      headers: { ...init.headers, authorization: `Bearer ${replica.token}` },
      signal: AbortSignal.timeout(15_000),
    });
    return { status: response.status, body: await response.json().catch(() => undefined) };
  }
}
