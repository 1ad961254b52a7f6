import { setTimeout as wait } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { FailureBody } from 'backstage-plugin-harness-cd-common';
import { LRUCache } from 'lru-cache';
import { failureBody, isHarnessFailure } from './errors';

const RETRY_MS = 2_000;

/**
 * An answer, and whether it is that of now.
 *
 * @public
 */
export interface Known<T> {
  /** The answer. */
  value: T;
  /** When it was read, epoch ms; only where that is not now. */
  asOf?: number;
  /** Why it could not be read again; absent while it is being read. */
  failure?: FailureBody;
}

/**
 * An answer as it was read, and how long it was taken to be fresh.
 *
 * @public
 */
export interface Reading<T> {
  /** The answer. */
  value: T;
  /** For how long it was taken to be fresh, ms. */
  freshForMs: number;
}

/**
 * For how long an answer is fresh, by itself and by the reading before it.
 *
 * @public
 */
export type FreshFor<T> = (value: T, before: Reading<T> | undefined) => number;

interface Entry<T> {
  known?: Reading<T> & { readAt: number };
  failure?: { error: unknown; since: number };
}

/**
 * Answers to questions, asked again when they are no longer fresh. Equal questions at one time are asked once, and
 * while Harness cannot be asked, the last known answer stands: at once, where whoever asks need not wait for it to be
 * read again.
 *
 * @public
 */
export class LastKnown<Q, T> {
  readonly #answers: LRUCache<string, Entry<T>>;
  readonly #stands: (value: T) => boolean;
  readonly #patienceMs: number | undefined;

  constructor(options: {
    /** Reads an answer; given the last known one, where there is one. */
    read: (question: Q, before: T | undefined) => Promise<T>;
    freshFor: FreshFor<T>;
    /** How many answers are kept. */
    max: number;
    /** How long a failure answers as well, so that not everybody asks who is in trouble; 2 s where nothing is said. */
    retryMs?: number;
    /** Whether an answer is good for anything when it is no longer fresh; each is where nothing is said. */
    stands?: (value: T) => boolean;
    /**
     * So long who asks waits for an answer to be read again, before the one before stands while the reading goes on; to
     * its end where nothing is said.
     */
    patienceMs?: number;
  }) {
    const { retryMs = RETRY_MS, stands = () => true } = options;
    this.#stands = stands;
    this.#patienceMs = options.patienceMs;
    this.#answers = new LRUCache({
      max: options.max,
      ttl: retryMs,
      ttlResolution: 0,
      // Looked up at each call, so that the clock of a test counts.
      perf: { now: () => performance.now() },
      // An answer that is no longer kept still goes to those who wait for it.
      ignoreFetchAbort: true,
      fetchMethod: async (key, before, { options: kept }) => {
        const read = () => options.read(JSON.parse(key), before?.known?.value);
        const entry = await readEntry(read, before, options.freshFor);
        kept.ttl = entry.failure || !entry.known ? retryMs : entry.known.freshForMs;
        return entry;
      },
    });
  }

  /**
   * The answer. Throws what `read` throws where nothing is known, or where what was known is no longer true.
   *
   * @param options - `evenIfFresh` has it read again, and `toTheEnd` waits until it is, however long that takes.
   */
  async ask(question: Q, options: { evenIfFresh?: boolean; toTheEnd?: boolean } = {}): Promise<Known<T>> {
    const { evenIfFresh, toTheEnd = evenIfFresh } = options;
    const key = JSON.stringify(question);
    const before = this.#answers.peek(key, { allowStale: true });
    const reading = this.#answers.forceFetch(key, { forceRefresh: evenIfFresh }).then(entry => this.#knownOf(entry));
    const isGood = before?.known !== undefined && this.#stands(before.known.value);
    return isGood && !toTheEnd && this.#patienceMs !== undefined
      ? inTime(reading, this.#patienceMs, () => ({ asOf: before.known?.readAt, ...this.#knownOf(before) }))
      : reading;
  }

  #knownOf({ known, failure }: Entry<T>): Known<T> {
    if (!known || (failure && !this.#stands(known.value))) throw failure?.error;
    const { value, readAt } = known;
    return isHarnessFailure(failure?.error)
      ? { value, asOf: readAt, failure: failureBody(failure.error, failure.since) }
      : { value };
  }

  /** Takes away the answers to some questions: the next one who asks has them read. */
  forget(isAbout: (question: Q) => boolean): void {
    // The dump has what is just being read again as well: that reading began before.
    const keys = this.#answers.dump().map(([key]) => key);
    keys.filter(key => isAbout(JSON.parse(key))).forEach(key => this.#answers.delete(key));
  }
}

/**
 * Fresh for `minMs`, and as long as the answer stays the same for twice as long each time, up to `maxMs`.
 *
 * @public
 */
export function slowerWhileUnchanged<T>(range: { minMs: number; maxMs: number }): FreshFor<T> {
  const { minMs, maxMs } = range;
  return (value, before) =>
    before && isDeepStrictEqual(before.value, value) ? Math.min(before.freshForMs * 2, maxMs) : minMs;
}

/** An answer, or the one before where it is not there in time. */
function inTime<T>(answer: Promise<T>, patienceMs: number, before: () => T): Promise<T> {
  return Promise.race([answer, wait(patienceMs, undefined, { ref: false }).then(before)]);
}

async function readEntry<T>(
  read: () => Promise<T>,
  before: Entry<T> | undefined,
  freshFor: FreshFor<T>,
): Promise<Entry<T>> {
  try {
    const value = await read();
    return { known: { value, freshForMs: freshFor(value, before?.known), readAt: Date.now() } };
  } catch (error) {
    const since = before?.failure?.since ?? Date.now();
    return { known: isNoAnswer(error) ? before?.known : undefined, failure: { error, since } };
  }
}

/** Whether a failure says nothing of what was asked for. That it does not exist is an answer. */
function isNoAnswer(error: unknown): boolean {
  return isHarnessFailure(error) && error.code !== 'NOT_FOUND' && error.code !== 'PIPELINE_NOT_FOUND';
}
