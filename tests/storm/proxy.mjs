// A proxy as meshes have them: it sends a request to any replica, and repeats it where it got no answer or one of those
// that are said to pass. Now and then it sends one twice for no reason.

const REPEATED = [502, 503, 504];
const REPEATS = 2;
const TWICE = 0.05;

export class Proxy {
  sent = 0;

  constructor(replicas) {
    this.replicas = replicas;
  }

  /** The answer that the caller sees; `undefined` where the proxy gave up. */
  async send(path, init) {
    if (init.method === 'POST' && Math.random() < TWICE) this.#once(path, init).catch(() => {});
    for (let attempt = 0; attempt <= REPEATS; attempt += 1) {
      const answer = await this.#once(path, init).catch(() => undefined);
      if (answer && !REPEATED.includes(answer.status)) return answer;
    }
    return undefined;
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
