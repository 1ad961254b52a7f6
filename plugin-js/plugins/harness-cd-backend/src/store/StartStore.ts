import type {
  DeployRequest,
  EnvironmentRules,
  PipelineRef,
  StartOutcome,
  StartStep,
} from 'backstage-plugin-harness-cd-common';

/** What of a request people want to read. */
export type Asked = Partial<
  Pick<DeployRequest, 'service' | 'imageTag' | 'environment' | 'region' | 'changeTicket' | 'inputSets' | 'stages'> &
    Pick<EnvironmentRules, 'environmentType'> & { serviceIdentifier: string; environmentIdentifier: string }
>;

/** A start of a pipeline. Times are epoch ms. */
export interface Start {
  /** The entity that is deployed. */
  entityRef: string;
  /** The name of the start among those of its entity. */
  key: string;
  pipeline: PipelineRef;
  /** The entity ref of who asked. */
  startedBy: string;
  /** Of the request: a key is for one. */
  digest: string;
  asked: Asked;
  /** By which the run is found in Harness, by any backend that has the key. */
  nonce: string;
  /** How far it is, or the kind of its outcome. */
  state: StartStep | StartOutcome['kind'];
  outcome?: StartOutcome;
  createdAt: number;
  updatedAt: number;
  /** When Harness was asked to run it. */
  sentAt?: number;
  /** The attempt that works on it: who else does so, and who did so before, has another one. */
  owner: string;
  /** Until then its owner is taken to be alive; of one that stayed unknown, when it is looked for again. */
  leaseUntil: number;
}

/** Remembers starts: before Harness is asked, and for whoever asks what became of them. */
export interface StartStore {
  /** Keeps a new start; false where its entity has one of that key. */
  insert(start: Start): Promise<boolean>;
  get(entityRef: string, key: string): Promise<Start | undefined>;
  /**
   * Changes a start that still has the owner and the state that it was read with; with `lapsedAt`, whose lease has run
   * out by then as well. The start as it is then, or undefined where somebody else was faster.
   */
  change(start: Start, changes: Partial<Start>, options?: { lapsedAt?: number }): Promise<Start | undefined>;
  /** Keeps an owner's lease alive. */
  renew(owner: string, leaseUntil: number): Promise<void>;
  /** What is under way, and whose owner is gone. */
  listLapsed(at: number): Promise<Start[]>;
  /** What may have been started, and whose next look is due. */
  listUnknown(at: number): Promise<Start[]>;
  /** The executions of a pipeline that are known to be those of starts that were sent since then. */
  listExecutions(pipeline: PipelineRef, sentAfter: number): Promise<string[]>;
  /** What was started of a pipeline since then and was in no answer of Harness yet, newest first. */
  listUnlisted(pipeline: PipelineRef, sentAfter: number): Promise<Start[]>;
  /** Who started executions of a pipeline from here, all or these, and what was asked for, by the execution's id. */
  startersOf(pipeline: PipelineRef, executionIds?: string[]): Promise<Map<string, Pick<Start, 'startedBy' | 'asked'>>>;
  /** Who started executions from here, of whatever pipeline, and what was asked for. */
  listStarters(
    executionIds: string[],
  ): Promise<(Pick<Start, 'startedBy' | 'asked' | 'pipeline'> & { executionId: string })[]>;
  /** Forgets what is older: runs that were started, and everything else that has an outcome. */
  prune(before: { started: number; others: number }): Promise<void>;
}
