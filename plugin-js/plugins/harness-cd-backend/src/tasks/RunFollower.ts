import { isDeepStrictEqual } from 'node:util';
import {
  type ExecutionProgress,
  type HarnessScope,
  isAtWork,
  isTerminal,
  type PipelineRef,
} from 'backstage-plugin-harness-cd-common';
import { type HarnessCdService } from 'backstage-plugin-harness-cd-node';
import type { Announcements } from '../service/Announcements';
import { pipelineKey, scopeKey } from '../store/scopes';

/** So often a run at work is looked at: what a step does is on every page within 3 s. */
const AT_WORK_MS = 2_250;
/** And one that waits for somebody. */
const WAITING_MS = 10_000;
/** What the runs that are followed may cost together, of the calls that Harness allows in a minute. */
const CALLS_A_MINUTE = 260;
/** A run is followed for so long after somebody has last asked for it. */
const ASKED_FOR_MS = 75_000;

/** A run, and of which pipeline's pages it is shown on. */
export interface ShownRun {
  scope: HarnessScope;
  id: string;
  pipeline: PipelineRef;
}

interface Followed {
  /** How far it is; undefined where that is not known any more. */
  progress: ExecutionProgress | undefined;
  /** Whose pages are told. */
  pipelines: Map<string, PipelineRef>;
  /** When somebody last asked for it, epoch ms. */
  askedAt: number;
}

/**
 * Follows each run that somebody looks at, once for all who do: what it costs does not depend on how many they are.
 * Whoever asks gets what is known, and is told when it went on.
 */
export class RunFollower {
  readonly #runs = new Map<string, Followed>();
  #isStopped = false;

  constructor(
    private readonly options: {
      announcements: Pick<Announcements, 'executionWentOn'>;
      harnessCd: Pick<HarnessCdService, 'getExecution'>;
      /** A stage of a pipeline's run went on. */
      stageWentOn: (pipeline: PipelineRef) => void;
    },
  ) {}

  /** How far a run is: as it was last looked at, where it is followed. */
  async read(scope: HarnessScope, id: string): Promise<ExecutionProgress> {
    return this.#runs.get(scopeKey(scope, id))?.progress ?? this.options.harnessCd.getExecution(scope, id);
  }

  /** Follows a run that was just read, until it has ended or nobody asks any more. */
  follow({ scope, id, pipeline }: ShownRun, progress: ExecutionProgress): void {
    if (isTerminal(progress.phase)) return;
    const key = scopeKey(scope, id);
    const run = this.#runs.get(key) ?? { progress, pipelines: new Map(), askedAt: 0 };
    run.askedAt = Date.now();
    run.pipelines.set(pipelineKey(pipeline), pipeline);
    if (!this.#runs.has(key)) void this.#follow({ scope, id }, key, run);
  }

  /** Nothing is followed from here any more. */
  stop(): void {
    this.#isStopped = true;
  }

  async #follow({ scope, id }: Omit<ShownRun, 'pipeline'>, key: string, run: Followed): Promise<void> {
    this.#runs.set(key, run);
    do {
      await new Promise(done => setTimeout(done, this.#paceOf(run)).unref());
      const before = run.progress;
      // Where a run stood before says nothing of where it is: who asks is told why it is not known.
      run.progress = await this.options.harnessCd.getExecution(scope, id).catch(() => undefined);
      if (run.progress && !isDeepStrictEqual(before, run.progress)) this.#tell(id, run, before);
    } while (!this.#isStopped && Date.now() - run.askedAt < ASKED_FOR_MS && !hasEnded(run.progress));
    this.#runs.delete(key);
  }

  #tell(id: string, { pipelines, progress }: Followed, before: ExecutionProgress | undefined): void {
    const isOfStage = !isDeepStrictEqual(stagesOf(before), stagesOf(progress));
    for (const pipeline of pipelines.values()) {
      this.options.announcements.executionWentOn(pipeline, id);
      if (isOfStage) this.options.stageWentOn(pipeline);
    }
  }

  #paceOf({ progress }: Followed): number {
    const shared = (this.#runs.size * 60_000) / CALLS_A_MINUTE;
    return Math.max(shared, progress && !isAtWork(progress.phase) ? WAITING_MS : AT_WORK_MS);
  }
}

function hasEnded(progress: ExecutionProgress | undefined): boolean {
  return progress !== undefined && isTerminal(progress.phase);
}

function stagesOf(progress: ExecutionProgress | undefined): unknown {
  return progress && [progress.status, progress.stages.map(({ status }) => status)];
}
