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
