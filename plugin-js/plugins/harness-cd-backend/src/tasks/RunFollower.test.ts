import type { ExecutionProgress, PipelineRef, StatusPhase } from 'backstage-plugin-harness-cd-common';
import { RunFollower } from './RunFollower';

const pipeline: PipelineRef = { account: 'acme', org: 'default', project: 'platform', pipeline: 'shop_cd' };
const run = { scope: pipeline, id: 'run', pipeline };

function at(phase: StatusPhase, step: string, stage = 'Running') {
  const stages = [{ id: 'deploy', status: stage, steps: [{ id: step }] }];
  return { executionId: 'run', status: phase, phase, stages } as unknown as ExecutionProgress;
}

describe('RunFollower', () => {
  const announcements = { executionWentOn: jest.fn() };
  const harnessCd = { getExecution: jest.fn<Promise<ExecutionProgress>, []>() };
  const stageWentOn = jest.fn();

  beforeEach(() => {
    jest.resetAllMocks();
    jest.useFakeTimers();
  });

  afterEach(() => jest.useRealTimers());

  const create = () => new RunFollower({ announcements, harnessCd, stageWentOn });

  /** As many pages as look at a time. */
  async function look(follower: RunFollower, pages = 1) {
    for (let page = 0; page < pages; page += 1) {
      const progress = await follower.read(run.scope, run.id);
      follower.follow(run, progress);
    }
  }

  it('asks as often for one page as for two hundred', async () => {
    for (const pages of [1, 200]) {
      harnessCd.getExecution.mockReset().mockResolvedValue(at('active', 'one'));
      const follower = create();
      await look(follower, pages);
      await jest.advanceTimersByTimeAsync(60_000);
      await look(follower, pages);
      follower.stop();
      expect(harnessCd.getExecution).toHaveBeenCalledTimes(1 + Math.floor(60_000 / 2_250));
      await jest.advanceTimersByTimeAsync(3_000);
    }
    expect(announcements.executionWentOn).not.toHaveBeenCalled();
  });

  it('tells within 3 s that a step went on, and has a stage read into the record', async () => {
    harnessCd.getExecution.mockResolvedValue(at('active', 'one'));
    const follower = create();
    await look(follower);
    harnessCd.getExecution.mockResolvedValue(at('active', 'two'));
    await jest.advanceTimersByTimeAsync(2_500);
    expect(announcements.executionWentOn.mock.calls).toEqual([[pipeline, 'run']]);
    expect(stageWentOn).not.toHaveBeenCalled();
    expect(await follower.read(run.scope, run.id)).toEqual(at('active', 'two'));
    harnessCd.getExecution.mockResolvedValue(at('succeeded', 'two', 'Success'));
    await jest.advanceTimersByTimeAsync(2_500);
    expect(stageWentOn.mock.calls).toEqual([[pipeline]]);
    const { length } = harnessCd.getExecution.mock.calls;
    await jest.advanceTimersByTimeAsync(60_000);
    expect(harnessCd.getExecution).toHaveBeenCalledTimes(length);
  });

  it('shares what Harness allows among all runs', async () => {
    harnessCd.getExecution.mockResolvedValue(at('active', 'one'));
    const follower = create();
    for (let number = 0; number < 40; number += 1) {
      follower.follow({ ...run, id: `run-${number}` }, at('active', 'one'));
    }
    await jest.advanceTimersByTimeAsync(70_000);
    const warm = harnessCd.getExecution.mock.calls.length;
    for (let number = 0; number < 40; number += 1) {
      follower.follow({ ...run, id: `run-${number}` }, at('active', 'one'));
    }
    await jest.advanceTimersByTimeAsync(60_000);
    follower.stop();
    expect(harnessCd.getExecution.mock.calls.length - warm).toBeLessThanOrEqual(280);
  });

  it('ends where nobody looks any more, and does not take where a run was for where it is', async () => {
    harnessCd.getExecution.mockResolvedValue(at('active', 'one'));
    const follower = create();
    await look(follower);
    harnessCd.getExecution.mockRejectedValue(new Error('Harness does not answer'));
    await jest.advanceTimersByTimeAsync(3_000);
    await expect(follower.read(run.scope, run.id)).rejects.toThrow('Harness does not answer');
    await jest.advanceTimersByTimeAsync(120_000);
    const { length } = harnessCd.getExecution.mock.calls;
    await jest.advanceTimersByTimeAsync(120_000);
    expect(harnessCd.getExecution).toHaveBeenCalledTimes(length);
  });
});
