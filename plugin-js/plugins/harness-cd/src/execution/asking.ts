import type { ReactNode } from 'react';
import type { ExecutionProgress } from 'backstage-plugin-harness-cd-common';

/** A stage or a step of a run that waits for an input. */
export interface Asking {
  /** The node that asks. */
  node: string;
  /** The stage's name. */
  stage: string;
  /** The step's name, where it is a step that asks. */
  step?: string;
}

/** What is shown for what waits for an input. */
export type QuestionOf = (asking: Asking, progress: ExecutionProgress) => ReactNode;

/** What of a run waits for an input, in the order in which it runs. */
export function askingIn({ stages }: ExecutionProgress): Asking[] {
  return stages.flatMap(({ name: stage, askingNode, steps }) => [
    ...(askingNode === undefined ? [] : [{ node: askingNode, stage }]),
    ...steps.flatMap(step =>
      step.askingNode === undefined ? [] : [{ node: step.askingNode, stage, step: step.name }],
    ),
  ]);
}
