import { runningProgress } from '../__testUtils__/InMemoryHarnessCd';
import { currentOf } from './current';

describe('currentOf', () => {
  const [stage] = runningProgress('e1').stages;
  const queued = { ...stage, identifier: 'queued', status: 'Queued', phase: 'queued' as const };

  it('is the first stage that has begun and not ended', () => {
    const ended = { ...stage, identifier: 'before', status: 'Success', phase: 'succeeded' as const };
    expect(currentOf([ended, queued, stage])).toBe(stage);
    expect(currentOf([ended, queued])).toBeUndefined();
  });

  it('is the step that runs, or waits for a person', () => {
    const [fetched, rollout] = stage.steps;
    expect(currentOf(stage.steps)).toBe(rollout);
    const waiting = { ...rollout, status: 'ApprovalWaiting', phase: 'waiting' as const };
    expect(currentOf([fetched, waiting])).toBe(waiting);
    expect(currentOf([fetched])).toBeUndefined();
  });
});
