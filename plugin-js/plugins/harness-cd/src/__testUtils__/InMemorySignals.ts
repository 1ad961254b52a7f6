import { act } from '@testing-library/react';

/** Backstage's signals, as far as somebody listens. */
export class InMemorySignals {
  readonly #callbacks = new Map<string, Set<(message: any) => void>>();

  subscribe(channel: string, callback: (message: any) => void) {
    const callbacks = this.#callbacks.get(channel) ?? new Set();
    this.#callbacks.set(channel, callbacks.add(callback));
    return { unsubscribe: () => void callbacks.delete(callback) };
  }

  send(channel: string, message: object = {}) {
    act(() => this.#callbacks.get(channel)?.forEach(callback => callback(message)));
  }

  listeners(): number {
    return [...this.#callbacks.values()].reduce((sum, { size }) => sum + size, 0);
  }
}
