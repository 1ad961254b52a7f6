import { useState } from 'react';
import { act, screen } from '@testing-library/react';
import { focusManager } from '@tanstack/react-query';
import type { DeployBody } from 'backstage-plugin-harness-cd-common';
import { deployment, InMemoryHarnessCd, runningProgress } from '../__testUtils__/InMemoryHarnessCd';
import { renderOnEntityPage } from '../__testUtils__/renderOnEntityPage';
import { useDeployments, useExecution, useStartDeployment } from './useHarnessCd';

function Run() {
  return <output>{useExecution('run').data?.status}</output>;
}

/** A run in a row, and in the details where somebody opens them. */
function RowAndDetails() {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <Run />
      {isOpen && <Run />}
      <button onClick={() => setIsOpen(true)}>Details</button>
    </>
  );
}

function History() {
  return <output>{useDeployments().data?.deployments.length}</output>;
}

function StartAndHistory() {
  const start = useStartDeployment();
  return (
    <>
      <button onClick={() => start.mutate({} as DeployBody)}>Start</button>
      <History />
    </>
  );
}

describe('what follows Harness', () => {
  let harnessCd: InMemoryHarnessCd;

  beforeEach(() => {
    jest.useFakeTimers({ advanceTimers: true });
    harnessCd = new InMemoryHarnessCd();
    harnessCd.progress = runningProgress('run');
  });

  afterEach(() => {
    focusManager.setFocused(undefined);
    jest.useRealTimers();
  });

  /** The seconds at which something was counted, while time passes. */
  async function secondsOf(count: () => number, seconds: number, meanwhile: (second: number) => void = () => {}) {
    const at: number[] = [];
    for (let second = 1; second <= seconds; second += 1) {
      const before = count();
      await act(() => jest.advanceTimersByTimeAsync(1_000));
      if (count() > before) at.push(second);
      meanwhile(second);
    }
    return at;
  }

  it('asks for a run less often while nothing changes, and often again when something did', async () => {
    renderOnEntityPage(<Run />, harnessCd);
    await screen.findByText('Running');
    const at = await secondsOf(
      () => harnessCd.executionReads,
      48,
      second => {
        if (second === 30) harnessCd.progress!.stages[0].status = 'TaskWaiting';
      },
    );
    // After 2, 3, 5, 8 and 10 s; then something changed.
    expect(at).toEqual([2, 5, 10, 18, 28, 38, 40, 43, 48]);
  });

  it('asks no more for a run that has ended, whoever looks at it', async () => {
    harnessCd.progress = { ...runningProgress('run'), status: 'Success', phase: 'succeeded' };
    renderOnEntityPage(<RowAndDetails />, harnessCd);
    await screen.findByText('Success');
    await secondsOf(() => harnessCd.executionReads, 40);
    act(() => screen.getByRole('button', { name: 'Details' }).click());
    await secondsOf(() => harnessCd.executionReads, 5);
    expect(screen.getAllByText('Success')).toHaveLength(2);
    expect(harnessCd.executionReads).toBe(1);
  });

  it('asks for nothing while the page is hidden', async () => {
    renderOnEntityPage(<Run />, harnessCd);
    await screen.findByText('Running');
    act(() => focusManager.setFocused(false));
    expect(await secondsOf(() => harnessCd.executionReads, 40)).toEqual([]);
  });

  it('asks for the history less often while nothing changes in what runs', async () => {
    harnessCd.deployments = [deployment({ executionId: 'run', status: 'Running', phase: 'active' })];
    renderOnEntityPage(<History />, harnessCd);
    await screen.findByText('1');
    expect(await secondsOf(() => harnessCd.queries.length, 30)).toEqual([2, 5, 10, 18, 28]);
  });

  it('looks for a run that was started here every 2 s until it is listed', async () => {
    harnessCd.listsAtOnce = false;
    renderOnEntityPage(<StartAndHistory />, harnessCd);
    await screen.findByText('0');
    await act(async () => screen.getByRole('button', { name: 'Start' }).click());
    const at = await secondsOf(
      () => harnessCd.queries.length,
      12,
      second => {
        if (second === 5) harnessCd.deployments = [deployment({ executionId: 'execution-new' })];
      },
    );
    expect(at).toEqual([2, 4, 6]);
  });

  it('gives up looking for a run that is never listed', async () => {
    harnessCd.listsAtOnce = false;
    renderOnEntityPage(<StartAndHistory />, harnessCd);
    await screen.findByText('0');
    await act(async () => screen.getByRole('button', { name: 'Start' }).click());
    await secondsOf(() => harnessCd.queries.length, 62);
    expect(await secondsOf(() => harnessCd.queries.length, 25)).toEqual([]);
  });
});
