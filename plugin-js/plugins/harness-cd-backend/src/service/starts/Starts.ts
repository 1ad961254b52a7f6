import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { LoggerService } from '@backstage/backend-plugin-api';
import { stringifyError } from '@backstage/errors';
import type { AllowedDeployment, LostRun, PipelineRef, StartOutcome } from 'backstage-plugin-harness-cd-common';
import {
  harnessFailure,
  type HarnessFailure,
  isHarnessFailure,
  type HarnessCdService,
} from 'backstage-plugin-harness-cd-node';
import { pipelineKey } from '../../store/scopes';
import type { Start, StartStore } from '../../store/StartStore';
import { backendGone, callerGone, notStarted, unknown } from './outcome';
import { askedOf, newStart, type StartRequest } from './request';

/** A backend that has not said for so long that it works on a start is taken to be gone. */
const LEASE_MS = 30_000;
/** How often the store is asked about a start that another backend works on. */
const LOOK_MS = 500;
/**
 * Harness may list a run late: an unknown one is looked for again, once a minute, until every execution that it may be
 * was looked at so long after it was sent.
 */
const UNKNOWN_FOR_MS = 10 * 60_000;
const UNKNOWN_PAUSE_MS = 60_000;
const NEVER = Number.MAX_SAFE_INTEGER;
/** Harness's clock is not ours: executions of other starts are left out of a search from so long before it. */
const CLOCK_SKEW_MS = 60 * 60_000;
/** How often a run is looked for where the looking itself fails. */
const SEARCHES = 3;

/** What this backend does for a start. */
interface Work {
  /** Those who wait for an answer. */
  callers: AbortSignal[];
  /** The start with its outcome, or as somebody else has it by now. Never rejects. */
  done: Promise<Start>;
}

/**
 * Starts that live on their own: whoever asked may close the page, and any backend with the same database may go on.
 *
 * A start is stored before Harness is asked, and only who still owns it posts, once: what may have been posted is looked
 * for by its nonce and never posted again.
 */
export class Starts {
  readonly #works = new Map<string, Work>();
  readonly #heartbeats = new Set<NodeJS.Timeout>();
  #isStopped = false;

  constructor(
    private readonly services: {
      harnessCd: HarnessCdService;
      logger: LoggerService;
      store: StartStore;
      /** Something happened to a pipeline's deployments. */
      changed: (start: Start) => void;
      /** A start that another backend left behind has its outcome. */
      recovered: (start: Start) => Promise<void>;
    },
    private readonly options: { leaseMs: number } = { leaseMs: LEASE_MS },
  ) {}

  /**
   * Begins a start, or joins the one of the same key. After an outcome that says that nothing was started it is tried
   * anew. Throws `CONFLICT` where the key is that of another request.
   */
  async ask(request: StartRequest): Promise<{ start: Start; isRepeat: boolean }> {
    const { store } = this.services;
    const fresh = newStart(request, this.#lease());
    if (await store.insert(fresh)) return { start: this.#begin(fresh, request), isRepeat: false };

    const known = await this.#reread(fresh);
    if (known.digest !== fresh.digest || !isDeepStrictEqual(known.pipeline, fresh.pipeline)) {
      throw harnessFailure(
        'CONFLICT',
        `The key ${request.key} is that of another request for ${known.entityRef}; give each request a key of its own.`,
        { hint: 'Send it under a new key, for example a UUID; send the same key again only with the same request.' },
      );
    }
    if (known.state === 'notStarted' || known.state === 'rejected') {
      const again = await store.change(known, fresh);
      if (again) return { start: this.#begin(again, request), isRepeat: false };
    }
    this.#works.get(known.owner)?.callers.push(request.caller);
    return { start: await this.#tended(known), isRepeat: true };
  }

  /** A start of an entity, as it is now. */
  async find(entityRef: string, key: string): Promise<Start | undefined> {
    const start = await this.services.store.get(entityRef, key);
    return start && this.#tended(start);
  }

  /** A start with its outcome, or as it is when the patience ends. */
  async settled(start: Start, patienceMs: number): Promise<Start> {
    const patience = new AbortController();
    const isUp = wait(patienceMs, undefined, { signal: patience.signal }).catch(() => {});
    let [current, goesOn] = [start, true];
    void isUp.then(() => (goesOn = false));
    while (goesOn && !current.outcome) {
      await Promise.race([isUp, this.#works.get(current.owner)?.done ?? wait(LOOK_MS)]);
      current = await this.#reread(current);
    }
    patience.abort();
    return current;
  }

  /** Takes over what other backends left behind, and looks again for what may have been started. */
  async sweep(): Promise<void> {
    const { store } = this.services;
    const now = Date.now();
    const lapsed = (await store.listLapsed(now)).map(async start => {
      const { owner } = await this.#tended(start);
      await this.#works.get(owner)?.done;
    });
    await Promise.all(lapsed);
    const lost = await store.listUnknown(now);
    const ofOnePipeline = Map.groupBy(lost, ({ pipeline }) => pipelineKey(pipeline));
    await Promise.all(Array.from(ofOnePipeline.values(), starts => this.#lookAgain(starts)));
  }

  /** The backend ends: what is under way is left to whoever sees it next. */
  stop(): void {
    this.#isStopped = true;
    this.#heartbeats.forEach(clearInterval);
  }

  #begin(start: Start, request: StartRequest): Start {
    const callers = [request.caller];
    const isWanted = () => !callers.every(caller => caller.aborted);
    const work = () => this.#attempt(start, request, isWanted);
    return this.#carryOut(start, callers, work, request.ended);
  }

  /** A start, taken over where its owner is gone. */
  async #tended(start: Start): Promise<Start> {
    const lapsedAt = Date.now();
    if (start.outcome || start.leaseUntil >= lapsedAt) return start;
    const { store, recovered } = this.services;
    if (start.state === 'checking') {
      const ended = await store.change(start, { ...endedWith(backendGone()) }, { lapsedAt });
      if (ended) await recovered(ended);
      return ended ?? this.#reread(start);
    }
    const mine = { state: 'searching', owner: randomUUID(), leaseUntil: this.#lease(), updatedAt: lapsedAt } as const;
    const taken = await store.change(start, mine, { lapsedAt });
    if (!taken) return this.#reread(start);
    this.services.logger.info(`Looking for the run of ${start.entityRef} that a backend left behind`, {
      key: start.key,
    });
    return this.#carryOut(taken, [], async () => ({ start: taken, outcome: await this.#search(taken) }), recovered);
  }

  /** Works on a start, with a lease that is kept alive, until its outcome is stored. */
  #carryOut(
    start: Start,
    callers: AbortSignal[],
    work: () => Promise<{ start: Start; outcome?: StartOutcome }>,
    ended?: (start: Start) => Promise<void>,
  ): Start {
    const done = this.#whileLeased(start, async () => {
      const { start: current, outcome } = await work();
      const end = outcome ? await this.#finish(current, outcome) : await this.#reread(current);
      await ended?.(end);
      return end;
    });
    this.#works.set(start.owner, { callers, done });
    return start;
  }

  async #whileLeased(start: Start, work: () => Promise<Start>): Promise<Start> {
    const { logger, store } = this.services;
    const failed = (error: unknown) =>
      logger.error(`A start of ${start.entityRef} is left to be found again: ${stringifyError(error)}`);
    const heartbeat = setInterval(() => {
      store.renew(start.owner, this.#lease()).catch(failed);
    }, this.options.leaseMs / 3).unref();
    this.#heartbeats.add(heartbeat);
    if (this.#isStopped) clearInterval(heartbeat);
    try {
      return await work();
    } catch (error) {
      failed(error);
      return start;
    } finally {
      clearInterval(heartbeat);
      this.#heartbeats.delete(heartbeat);
      this.#works.delete(start.owner);
    }
  }

  /** Checks a request and sends it, where nothing speaks against it. Without an outcome, somebody else has the start. */
  async #attempt(
    start: Start,
    { target, text }: StartRequest,
    isWanted: () => boolean,
  ): Promise<{ start: Start; outcome?: StartOutcome }> {
    const { harnessCd, store } = this.services;
    const check = await harnessCd.checkDeploy(text, target).catch(refused);
    if (check.kind !== 'allowed') return { start, outcome: check };
    if (!isWanted()) return { start, outcome: callerGone() };
    const now = Date.now();
    const asked = askedOf(check.request, target.rules);
    const sending = await store.change(start, {
      state: 'starting',
      asked,
      sentAt: now,
      updatedAt: now,
      leaseUntil: this.#lease(),
    });
    return sending ? this.#send(sending, check) : { start };
  }

  /** Sends a start that is owned. From here on it may have been started unless Harness says that it was not. */
  async #send(start: Start, deployment: AllowedDeployment): Promise<{ start: Start; outcome?: StartOutcome }> {
    const { harnessCd, logger, store } = this.services;
    const { startedBy, nonce } = start;
    let lost: HarnessFailure | undefined;
    try {
      return { start, outcome: await harnessCd.deploy(deployment, { startedBy, nonce }) };
    } catch (error) {
      // What is no answer of Harness, such as an instance of the core that ended in the middle, says nothing of the run.
      const isAnswer = isHarnessFailure(error) && error.code !== 'INTERNAL';
      if (isAnswer && error.code !== 'OUTCOME_UNKNOWN') return { start, outcome: notStarted(error) };
      if (isAnswer) lost = error;
      logger.warn(`The answer to a start of ${start.entityRef} was lost: ${stringifyError(error)}`);
    }
    const changes = { state: 'searching', updatedAt: Date.now(), leaseUntil: this.#lease() } as const;
    const searching = await store.change(start, changes);
    return searching ? { start: searching, outcome: await this.#search(searching, lost) } : { start };
  }

  /** Looks for a run by its nonce; sends nothing. `cause` is what came instead of an answer. */
  async #search(start: Start, cause?: HarnessFailure): Promise<StartOutcome> {
    const { harnessCd, logger } = this.services;
    const { pipeline } = start;
    const lost = lostRun(start);
    for (let looks = 0; looks < SEARCHES; looks++) {
      try {
        const others = await this.#othersOf(pipeline, lost.since);
        const found = await harnessCd.findStarted(pipeline, lost, others);
        if (found) return found;
        break;
      } catch (error) {
        if (isHarnessFailure(error) && error.code === 'FORBIDDEN') return notStarted(error);
        // An instance of the core may end by somebody else's call; the next one looks again.
        logger.warn(`A run of ${pipeline.pipeline} could not be looked for: ${stringifyError(error)}`);
      }
    }
    return unknown(await harnessCd.executionsUrl(pipeline), cause);
  }

  /** Looks once for what may have been started of one pipeline. */
  async #lookAgain(starts: Start[]): Promise<void> {
    const { harnessCd, recovered, store } = this.services;
    const now = Date.now();
    // Who gets to write this down looks; other backends find it looked for.
    const claim = { owner: randomUUID(), leaseUntil: now + UNKNOWN_PAUSE_MS };
    const claimed = await Promise.all(starts.map(start => store.change(start, claim)));
    const mine = claimed.filter(start => start !== undefined);
    const [first] = mine;
    if (!first) return;

    const lost = mine.map(lostRun);
    const others = await this.#othersOf(first.pipeline, Math.min(...lost.map(({ since }) => since)));
    const { found, complete } = await harnessCd.lookForStarted(first.pipeline, lost, others);
    for (const start of mine) {
      const outcome = found.get(start.nonce);
      const isLate = now >= lostRun(start).since + UNKNOWN_FOR_MS;
      if (outcome)
        await recovered(await this.#finish(start, isHarnessFailure(outcome) ? notStarted(outcome) : outcome));
      else if (complete && isLate) await store.change(start, { leaseUntil: NEVER });
    }
  }

  /** The executions that are known to be those of other starts: nobody asks Harness whose they are. */
  #othersOf(pipeline: PipelineRef, since: number): Promise<string[]> {
    return this.services.store.listExecutions(pipeline, since - CLOCK_SKEW_MS);
  }

  /**
   * Stores an outcome. Who sent the start knows for certain what others, who took it for gone, may only have looked for
   * in vain.
   */
  async #finish(start: Start, outcome: StartOutcome): Promise<Start> {
    const { store, changed } = this.services;
    let current = start;
    for (;;) {
      const end = await store.change(current, endedWith(outcome));
      if (end) {
        if (end.sentAt) changed(end);
        return end;
      }
      current = await this.#reread(current);
      const isGuessed = current.state === 'searching' || current.state === 'unknown';
      if (!isGuessed || outcome.kind === 'unknown') return current;
    }
  }

  async #reread(start: Start): Promise<Start> {
    return (await this.services.store.get(start.entityRef, start.key)) ?? start;
  }

  #lease(): number {
    return Date.now() + this.options.leaseMs;
  }
}

/** What is known of a start that may have been started. */
function lostRun({ nonce, sentAt, createdAt }: Start): LostRun {
  return { nonce, since: sentAt ?? createdAt };
}

function endedWith(outcome: StartOutcome): Partial<Start> {
  return { state: outcome.kind, outcome, updatedAt: Date.now() };
}

/** Before a start is sent, whatever goes wrong leaves nothing started. */
function refused(error: unknown): StartOutcome {
  return notStarted(isHarnessFailure(error) ? error : harnessFailure('INTERNAL', stringifyError(error)));
}
