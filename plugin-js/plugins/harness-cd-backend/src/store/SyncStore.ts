import type {
  DeploymentEvent,
  FailureBody,
  HarnessScope,
  PipelineRef,
  SyncHints,
  SyncTurn,
  UntoldRun,
} from 'backstage-plugin-harness-cd-common';

/** Of what a record is kept: of a project, or of one of its pipelines. */
export type Lane = PipelineRef;

/** The lane of a project: without the runs that other runs have started, which Harness lists by their pipeline alone. */
export function laneOfProject({ account, org, project }: HarnessScope): Lane {
  return { account, org, project, pipeline: '' };
}

/** How far the record of a lane is. Epoch ms. */
export interface Sync {
  lane: Lane;
  /** What was read and what is next; empty before. */
  state: string;
  /** When Harness was asked for what is newest; absent before. */
  asOf?: number;
  /** All that began since is known; absent where nothing is. */
  knownFrom?: number;
  /** Whether that is as far back as the record is to go. */
  isWhole: boolean;
  /** Why Harness could not be asked the last time, and since when; absent while it can. */
  failure?: FailureBody;
  hints: SyncHints;
}

/** The right to take one turn of a lane: nobody else does in the meantime. */
export interface Turn {
  sync: Sync;
  owner: string;
  /** When it was given, epoch ms. */
  at: number;
}

/** A turn that has asked Harness. */
export type Asked = Extract<SyncTurn, { kind: 'learnt' | 'failed' }>;

/** What is not in the record as it was before a turn. */
export interface Changed {
  /** Deployments that are new, or stand otherwise. */
  deployments: DeploymentEvent[];
  /** Identifiers of the pipelines of which something has changed. */
  pipelines: string[];
}

/** Keeps how far the record is, and with that what Harness has told. */
export interface SyncStore {
  /** Begins the record of a lane, where there is none. */
  begin(lane: Lane): Promise<void>;
  /** The record of a lane. What keeps all of an account from being asked has one beginning for its lanes. */
  get(lane: Lane): Promise<Sync | undefined>;
  /** Notes that somebody looked, or that something happened: what is to be asked is thought of anew. */
  hint(lane: Lane, hints: SyncHints): Promise<void>;
  /** Some of the runs of a lane whose inputs have to tell what they deploy, and were not read; what goes on first. */
  listUntold(lane: Lane): Promise<UntoldRun[]>;
  /** The lanes that have something to be asked, and of which nobody takes a turn. */
  listDue(at: number): Promise<Lane[]>;
  /** Takes a turn; undefined where somebody else has one, who is taken to be alive until then. */
  take(lane: Lane, at: number, leaseUntil: number): Promise<Turn | undefined>;
  /** Who takes a turn is still alive. */
  renew(turn: Turn, leaseUntil: number): Promise<void>;
  /** Nothing is to be asked before. */
  wait(turn: Turn, dueAt: number): Promise<void>;
  /**
   * Stores what a turn has brought, all of it or nothing: what that changed. Undefined where somebody else has taken the
   * turn in the meantime: nothing is stored then. With `dueAt`, nothing is to be asked before.
   */
  end(turn: Turn, asked: Asked, dueAt?: number): Promise<Changed | undefined>;
  /** Ends the records of single pipelines that those of their projects hold as well, or at which nobody has looked since. */
  retire(lookedBefore: number): Promise<void>;
}
