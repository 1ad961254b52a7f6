import { isTerminal, type ExecutionStage, type ExecutionStep } from 'backstage-plugin-harness-cd-common';

/** The stage or step that a run is at: the first that has begun and not ended, or none. */
export function currentOf<T extends ExecutionStage | ExecutionStep>(parts: T[]): T | undefined {
  return parts.find(({ phase }) => !isTerminal(phase) && phase !== 'queued');
}
