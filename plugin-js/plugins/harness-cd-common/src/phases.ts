import type { StatusPhase } from './generated/types';

const TERMINAL: readonly StatusPhase[] = ['succeeded', 'skipped', 'failed'];

/**
 * Whether nothing will change any more.
 *
 * @public
 */
export function isTerminal(phase: StatusPhase): boolean {
  return TERMINAL.includes(phase);
}
