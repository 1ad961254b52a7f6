import type { ExecutionProgress, ExecutionStage, ExecutionStep } from 'backstage-plugin-harness-cd-common';

/** Why a part of a run failed, where nothing above or below it says the same. */
export function ownReason(
  { failure: run }: ExecutionProgress,
  part: ExecutionStage | ExecutionStep,
): string | undefined {
  const below = 'steps' in part ? part.steps.map(({ failure }) => failure) : [];
  return part.failure === run || below.includes(part.failure) ? undefined : part.failure;
}

/** The stages of a run that have begun, or are about to, and those that have not. */
export function splitStages({ stages }: ExecutionProgress): { begun: ExecutionStage[]; toCome: ExecutionStage[] } {
  const isBegun = ({ status }: ExecutionStage) => status !== 'NotStarted';
  return { begun: stages.filter(isBegun), toCome: stages.filter(stage => !isBegun(stage)) };
}
