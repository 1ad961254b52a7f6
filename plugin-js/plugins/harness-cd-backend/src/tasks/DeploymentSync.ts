import type { LoggerService } from '@backstage/backend-plugin-api';
import { stringifyError } from '@backstage/errors';
import type { HarnessScope, PipelineRef } from 'backstage-plugin-harness-cd-common';
import { harnessFailure, isHarnessFailure, type HarnessCdService } from 'backstage-plugin-harness-cd-node';
import type { Announcements } from '../service/Announcements';
import { keyOf } from '../store/columns';
import type { DeploymentStore } from '../store/DeploymentStore';
import { pipelineKey } from '../store/scopes';
import { type Asked, type Lane, laneOfProject, type Sync, type SyncStore, type Turn } from '../store/SyncStore';

/** After a kill another backend goes on so much later; longer than clocks of backends differ. */
const LEASE_MS = 6_000;
/** So often a backend that takes a turn says that it is alive. */
const RENEW_MS = 2_000;
/** So long after a turn that could not be taken at all there is another. */
const ABANDONED_FOR_MS = 60_000;
/** So old the record may be, and be that of now. */
const FRESH_MS = 2_000;
/** The record of a pipeline that never ran is kept for so long after a look. */
const LOOKED_AT_FOR_MS = 60 * 60_000;

/**
 * Keeps the record of what ran, project by project: what is asked next is decided by the core, what it tells is stored
 * with how far it is. One backend at a time takes a turn of a lane, whichever comes first.
 *
 * A pipeline has a lane of its own while the record of its project is not whole, so that who looks need not wait for all
 * of it, and where other runs start its runs, which Harness lists by their pipeline alone.
 */
export class DeploymentSync {
  /** Turns that are being taken here. */
  readonly #turns = new Map<string, Promise<boolean>>();
  /** Looks that are under way here. */
  readonly #looks = new Map<string, Promise<Sync>>();
  /** Lanes whose turns are taken here, one after the other. */
  readonly #followed = new Set<string>();
  #isStopped = false;

  constructor(
    private readonly options: {
      harnessCd: Pick<HarnessCdService, 'syncDeployments'>;
      logger: LoggerService;
      store: SyncStore;
      deployments: Pick<DeploymentStore, 'has'>;
      announcements: Pick<Announcements, 'recordChanged' | 'projectChanged'>;
      /** How far back the record goes, ms. */
      backMs: number;
    },
  ) {}

  /** Begins the records of projects. */
  async begin(projects: HarnessScope[]): Promise<void> {
    await Promise.all(projects.map(project => this.options.store.begin(laneOfProject(project))));
  }

  /** Takes up every lane that has something to be asked; they go on by themselves until nothing is. */
  async takeUp(): Promise<void> {
    for (const lane of await this.options.store.listDue(Date.now())) void this.#follow(lane);
  }

  /** Ends what is not needed any more. */
  async retire(): Promise<void> {
    await this.options.store.retire(Date.now() - LOOKED_AT_FOR_MS);
  }

  /** Nothing is asked from here any more. */
  stop(): void {
    this.#isStopped = true;
  }

  /**
   * The record of a pipeline, for somebody who looks at it: as it is, and read on behind that, so that who asks again two
   * seconds later has what is new. Before anything is known it is waited for.
   */
  look(pipeline: PipelineRef): Promise<Sync> {
    return once(this.#looks, pipeline, () => this.#look(pipeline));
  }

  async #look(pipeline: PipelineRef): Promise<Sync> {
    const sync = await this.#syncOf(pipeline);
    const now = Date.now();
    if (!sync.failure && (sync.asOf ?? 0) > now - FRESH_MS) return sync;
    const { lane } = sync;
    await this.options.store.hint(lane, { lookedAt: now });
    if (sync.asOf !== undefined || sync.failure) {
      void this.#follow(lane);
      return sync;
    }
    await this.#readOn(lane, now);
    return (await this.options.store.get(lane)) ?? sync;
  }

  /** Something has happened to a pipeline's runs: they are read soon. */
  async happened(pipeline: PipelineRef): Promise<void> {
    try {
      const { lane } = await this.#syncOf(pipeline);
      await this.options.store.hint(lane, { happenedAt: Date.now() });
      void this.#follow(lane);
    } catch (error) {
      this.options.logger.warn(`Harness CD could not note that something ran: ${stringifyError(error)}`);
    }
  }

  /** The record that a pipeline's is part of. */
  async #syncOf(pipeline: PipelineRef): Promise<Sync> {
    const { store, deployments } = this.options;
    const own = keyOf(pipeline);
    const known = await store.get(own);
    if (known) return known;
    const project = await store.get(laneOfProject(own));
    if (project?.isWhole && (await deployments.has(own))) return project;
    // One that app-config allows by a pattern is known when somebody looks.
    if (!project) await store.begin(laneOfProject(own));
    await store.begin(own);
    return (await store.get(own)) ?? { lane: own, state: '', isWhole: false, hints: {} };
  }

  /** Takes turns until nothing is to be asked. What fills a record that is of `since` or later is asked behind. */
  async #readOn(lane: Lane, since: number): Promise<void> {
    while (await this.#turn(lane)) {
      const sync = await this.options.store.get(lane);
      if (sync?.isWhole || (sync?.asOf ?? 0) < since) continue;
      void this.#follow(lane);
      return;
    }
  }

  async #follow(lane: Lane): Promise<void> {
    const key = pipelineKey(lane);
    if (this.#followed.has(key)) return;
    this.#followed.add(key);
    while (!this.#isStopped && (await this.#turn(lane)));
    this.#followed.delete(key);
  }

  /** Takes one turn, once for all who ask here; whether there is another. */
  #turn(lane: Lane): Promise<boolean> {
    return once(this.#turns, lane, () => this.#take(lane));
  }

  async #take(lane: Lane): Promise<boolean> {
    const { logger, store } = this.options;
    const now = Date.now();
    try {
      const turn = await store.take(lane, now, now + LEASE_MS);
      if (!turn) return false;
      const renewal = setInterval(() => void this.#renew(turn), RENEW_MS).unref();
      return await this.#ask(turn)
        .catch(error => this.#abandon(turn, error))
        .finally(() => clearInterval(renewal));
    } catch (error) {
      logger.warn(`Harness CD could not keep the record of what ran: ${stringifyError(error)}`);
      return false;
    }
  }

  async #renew(turn: Turn): Promise<void> {
    const { logger, store } = this.options;
    if (this.#isStopped) return;
    await store
      .renew(turn, Date.now() + LEASE_MS)
      .catch(error => logger.warn(`Harness CD could not keep its turn of the record: ${stringifyError(error)}`));
  }

  async #ask(turn: Turn): Promise<boolean> {
    const { backMs, harnessCd, store } = this.options;
    const { lane, state, hints } = turn.sync;
    const { account, org, project, pipeline } = lane;
    const untold = await store.listUntold(lane);
    const question = { pipelines: pipeline ? [pipeline] : [], state, hints, untold, backMs };
    const asked = await harnessCd.syncDeployments({ scope: { account, org, project }, ...question });
    if (asked.kind !== 'waits') return this.#end(turn, asked);
    await store.wait(turn, asked.untilMs);
    return false;
  }

  /** Stores what a turn has brought, and tells of it; false where somebody else has taken the turn. */
  async #end(turn: Turn, asked: Asked, dueAt?: number): Promise<boolean> {
    const { announcements, store } = this.options;
    const { lane, failure, isWhole } = turn.sync;
    const changed = await store.end(turn, asked, dueAt);
    if (!changed) return false;
    announcements.recordChanged(lane, changed, { isFilling: !isWhole });
    if ((failure === undefined) !== (asked.kind === 'learnt')) announcements.projectChanged(lane);
    return true;
  }

  /** What nobody could ask or store, of a project that is out of reach say, is tried again a while later. */
  async #abandon(turn: Turn, error: unknown): Promise<boolean> {
    this.options.logger.warn(`Harness CD could not keep the record of what ran: ${stringifyError(error)}`);
    const { asOf, knownFrom, isWhole, state, failure: before } = turn.sync;
    const { code, message, correlationId } = isHarnessFailure(error)
      ? error
      : harnessFailure('INTERNAL', 'The record of what ran could not be kept; the log of the backend says why.');
    const progress = { asOf, knownFrom, isWhole, failingSince: before?.since ?? turn.at };
    const failed = { kind: 'failed' as const, state, progress, failure: { code, message, correlationId } };
    await this.#end(turn, failed, Date.now() + ABANDONED_FOR_MS);
    return false;
  }
}

/** Does something once for all who ask for it at a time. */
function once<T>(underWay: Map<string, Promise<T>>, lane: Lane, act: () => Promise<T>): Promise<T> {
  const key = pipelineKey(lane);
  const result = underWay.get(key) ?? act().finally(() => underWay.delete(key));
  underWay.set(key, result);
  return result;
}
