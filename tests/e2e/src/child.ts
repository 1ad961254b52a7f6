import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';

const END_WITHIN_MS = 10_000;

/** A process of the portal, and everything it has written so far. */
export class Child {
  #process: ChildProcess;
  #written: string[] = [];

  constructor(
    readonly name: string,
    command: string,
    args: string[],
    options: SpawnOptions,
  ) {
    this.#process = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => this.#written.push(text));
    }
    // Without a listener, a program that is not there would end the tests with a bare exception.
    this.#process.on('error', error => this.#written.push(`${error}\n`));
  }

  /** What it has written to its standard output and error. */
  get log(): string {
    return this.#written.join('');
  }

  get hasEnded(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null || this.#process.pid === undefined;
  }

  /** Ends it: by asking, and by force where that does not help. */
  async end(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    if (this.hasEnded) return;
    const ended = once(this.#process, 'exit');
    this.#process.kill(signal);
    const force = setTimeout(() => this.#process.kill('SIGKILL'), END_WITHIN_MS);
    await ended;
    clearTimeout(force);
  }

  /** Waits until `look` finds something, while the process lives. */
  async until<T>(what: string, withinMs: number, look: () => Promise<T | undefined> | T | undefined): Promise<T> {
    const deadline = Date.now() + withinMs;
    for (;;) {
      const found = await look();
      if (found !== undefined) return found;
      if (this.hasEnded) throw new Error(`${this.name} ended before ${what}:\n${this.log}`);
      if (Date.now() > deadline) throw new Error(`${this.name}: not ${what} within ${withinMs} ms:\n${this.log}`);
      await new Promise(resolve => setTimeout(resolve, 100));
    }
  }
}
