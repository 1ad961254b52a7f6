import { useState } from 'react';
import { act, screen } from '@testing-library/react';
import { focusManager } from '@tanstack/react-query';
import { InMemoryHarnessCd, runningProgress } from '../__testUtils__/InMemoryHarnessCd';
import { renderOnEntityPage } from '../__testUtils__/renderOnEntityPage';
import { secondsOf } from '../__testUtils__/secondsOf';
import { useExecution } from './useExecution';

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

describe('useExecution', () => {
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
});
