import { TERMINAL_PHASES } from './generated/constants';
import type { StatusPhase } from './generated/types';

/**
 * Whether nothing will change any more.
 *
 * @public
 */
export function isTerminal(phase: StatusPhase): boolean {
  return TERMINAL_PHASES.includes(phase);
}

const AT_WORK: readonly StatusPhase[] = ['queued', 'active', 'stopping'];

/**
 * Whether something is at work, or about to be, and so may change by the second. What waits for a person does not.
 *
 * @public
 */
export function isAtWork(phase: StatusPhase): boolean {
  return AT_WORK.includes(phase);
}
