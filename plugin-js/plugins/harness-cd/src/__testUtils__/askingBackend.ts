import { InMemoryHarnessCd, input, runningProgress } from './InMemoryHarnessCd';

/** Where the answer stands. */
export const COLOUR = '/step/spec/environmentVariables/0/value';

/** A backend with a run whose step waits for a colour. */
export function askingBackend(): InMemoryHarnessCd {
  const harnessCd = new InMemoryHarnessCd();
  const progress = runningProgress('execution-1');
  const waiting = { status: 'InputWaiting', phase: 'waiting' } as const;
  const [stage] = progress.stages;
  const steps = stage.steps.map(step =>
    step.identifier === 'rollout' ? { ...step, ...waiting, askingNode: 'node-1' } : step,
  );
  harnessCd.progress = { ...progress, ...waiting, stages: [{ ...stage, ...waiting, steps }] };
  harnessCd.questionInputs = [
    input({ pointer: COLOUR, name: 'colour', required: true, regex: '[a-z]+', description: 'Which one' }),
  ];
  return harnessCd;
}
