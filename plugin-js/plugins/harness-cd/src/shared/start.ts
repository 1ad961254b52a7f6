import type { DeployBody, DeployResponse, Violation } from 'backstage-plugin-harness-cd-common';
import { failureOf, statusCodeOf, type Failure } from './failure';
import type { KeptKey } from './kept';

/** So long a start is asked after when nobody answers, ms. */
export const ASKED_FOR_MS = 30_000;

/** How far a start is: what the backend says, or what is known while it says nothing. */
export type StartState =
  /** The request is under way. */
  | { kind: 'sending' }
  /** The request had no answer that can be read: the backend is asked what became of it. */
  | { kind: 'asking' }
  /** Nobody could tell. To send it again is safe: it is the same start. */
  | { kind: 'unanswered' }
  /** For certain. */
  | { kind: 'notStarted'; failure: Failure }
  | Exclude<DeployResponse, { kind: 'notStarted' }>;

/** The last start of an entity that was asked for in this browser tab. */
export interface Start {
  /** Makes it one start, however often it is sent. */
  idempotencyKey: string;
  request: DeployBody;
  state: StartState;
  /** When somebody last said how far it is, or else when it was sent, epoch ms. */
  heardAt: number;
  /** Whether a person has seen its outcome. */
  isSeen: boolean;
  /** Whether the dialog is back at the form. */
  isLaidAside: boolean;
}

/** Under which the last start of an entity is kept. */
export function startKey(entityRef: string): KeptKey {
  return ['start', entityRef];
}

/** A key that no other start has. Also where a portal without TLS keeps `crypto.randomUUID` from its pages. */
export function newIdempotencyKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16).padStart(2, '0')).join('');
}

/** Whether nothing more is to be learned of a start by asking. */
export function hasOutcome({ state }: Start): boolean {
  return !['sending', 'asking', 'starting'].includes(state.kind);
}

/** Whether an error of a start says for certain that nothing was started: only the backend itself can say so. */
function isCertain(error: unknown): boolean {
  const { code } = failureOf(error);
  const status = statusCodeOf(error);
  if (code === 'OUTCOME_UNKNOWN') return false;
  return code !== undefined || (status !== undefined && status < 500 && status !== 408);
}

/** What an error of the request says of its start. */
export function stateAfterError(error: unknown): StartState {
  return isCertain(error) ? { kind: 'notStarted', failure: failureOf(error) } : { kind: 'asking' };
}

/** A start of which the backend said how far it is. */
export function heard(start: Start, state: StartState): Start {
  return { ...start, state, heardAt: Date.now() };
}

/** A start of which the backend could not say anything. */
export function unheard(start: Start): Start {
  const isGivenUp = start.state.kind !== 'sending' && Date.now() - start.heardAt > ASKED_FOR_MS;
  return isGivenUp ? { ...start, state: { kind: 'unanswered' } } : start;
}

/** A start as a page finds it that was loaded again: whoever sent it is gone. */
export function afterReload(start: Start | undefined): Start | null {
  if (!start) return null;
  return start.state.kind === 'sending' ? heard(start, { kind: 'asking' }) : start;
}

/** A request that the backend refused, and what it was refused for. */
export interface Refusal {
  request: DeployBody;
  violations: Violation[];
}

/** What the last start was refused for, if so. */
export function refusalOf(start: Start | null): Refusal | undefined {
  return start?.state.kind === 'rejected' ? { request: start.request, violations: start.state.violations } : undefined;
}
