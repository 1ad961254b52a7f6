import { focusManager, type QueryClient, type QueryKey } from '@tanstack/react-query';
import type { SignalApi } from '@backstage/plugin-signals-react';
import { type ChangeSignal, HEARTBEAT_CHANNEL, HEARTBEAT_MS } from 'backstage-plugin-harness-cd-common';

/** Who has heard nothing for so long is not told any more, ms. */
const SILENT_MS = 3 * HEARTBEAT_MS;

/** What is asked for again together, and under which keys it is kept. */
export interface Watched {
  /** What it is kept for: an entity, say. */
  id: string;
  keys: QueryKey[];
  /** What alone is asked for again where an execution went on. */
  keyOfExecution?(execution: string): QueryKey;
}

/**
 * Has what is shown asked for again when the backend says that it has changed. While its heartbeat is heard,
 * nothing needs to be asked for otherwise; without Backstage's signals, or behind a proxy that lets none through, it never
 * is.
 */
export class LiveUpdates {
  readonly #watched = new Map<string, { what: Watched; watchers: number; end: () => void }>();
  readonly #listeners = new Set<() => void>();
  #isLive = false;
  #endHeartbeat = () => {};
  #silence: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly signals: SignalApi,
    private readonly queryClient: QueryClient,
  ) {}

  /** Whether the backend is heard. */
  readonly isLive = (): boolean => this.#isLive;

  /** Listens to the backend, and tells when it is heard, and when not any more. */
  readonly subscribe = (listener: () => void): (() => void) => {
    if (this.#listeners.size === 0) {
      const { unsubscribe } = this.signals.subscribe(HEARTBEAT_CHANNEL, () => this.#hear());
      this.#endHeartbeat = unsubscribe;
    }
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      this.#endHeartbeat();
      clearTimeout(this.#silence);
      this.#isLive = false;
    };
  };

  /** Has something asked for again when a channel says that it has changed. */
  watch(what: Watched, channels: string[]): () => void {
    const key = JSON.stringify([what.id, channels]);
    const watched = this.#watched.get(key) ?? { what, watchers: 0, end: this.#listen(what, channels) };
    watched.watchers += 1;
    this.#watched.set(key, watched);
    return () => {
      watched.watchers -= 1;
      if (watched.watchers > 0) return;
      this.#watched.delete(key);
      watched.end();
    };
  }

  #listen({ keys, keyOfExecution }: Watched, channels: string[]): () => void {
    const subscribers = channels.map(channel =>
      this.signals.subscribe(channel, ({ execution }: ChangeSignal & { execution?: string }) => {
        if (execution === undefined) this.#askAgain(keys);
        else if (keyOfExecution) this.#askAgain([keyOfExecution(execution)]);
      }),
    );
    return () => subscribers.forEach(({ unsubscribe }) => unsubscribe());
  }

  #hear(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#set(false), SILENT_MS);
    if (this.#isLive) return;
    // What changed before is not known.
    for (const { what } of this.#watched.values()) this.#askAgain(what.keys);
    this.#set(true);
  }

  #set(isLive: boolean): void {
    this.#isLive = isLive;
    this.#listeners.forEach(listener => listener());
  }

  /** A page that is hidden asks when it is looked at again. */
  #askAgain(keys: QueryKey[]): void {
    const refetchType = focusManager.isFocused() ? 'active' : 'none';
    for (const queryKey of keys) void this.queryClient.invalidateQueries({ queryKey, refetchType });
  }
}
