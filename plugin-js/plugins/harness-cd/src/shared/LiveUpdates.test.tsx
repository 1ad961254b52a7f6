import { act, screen } from '@testing-library/react';
import { focusManager } from '@tanstack/react-query';
import { HEARTBEAT_CHANNEL } from 'backstage-plugin-harness-cd-common';
import { deployment, InMemoryHarnessCd, runningProgress } from '../__testUtils__/InMemoryHarnessCd';
import { renderOnEntityPage } from '../__testUtils__/renderOnEntityPage';
import { InMemorySignals } from '../__testUtils__/InMemorySignals';
import { secondsOf } from '../__testUtils__/secondsOf';
import { useExecution } from '../execution/useExecution';
import { useDeploymentMatrix } from '../matrix/useDeploymentMatrix';
import { useDeployments } from './useDeployments';

const CHANNEL = 'harness-cd:of-payment-service';

function Page() {
  const status = useDeployments().data?.deployments[0]?.status;
  const isKnown = useDeploymentMatrix().isSuccess;
  return <output>{isKnown && status}</output>;
}

function Run() {
  return <output>{useExecution('run').data?.status}</output>;
}

describe('what changes on a page', () => {
  let harnessCd: InMemoryHarnessCd;
  let signals: InMemorySignals;

  beforeEach(() => {
    jest.useFakeTimers({ advanceTimers: true });
    harnessCd = new InMemoryHarnessCd();
    harnessCd.deployments = [deployment({ executionId: 'run' })];
    harnessCd.progress = runningProgress('run');
    signals = new InMemorySignals();
  });

  afterEach(() => {
    focusManager.setFocused(undefined);
    jest.useRealTimers();
  });

  const reads = () => harnessCd.queries.length + harnessCd.matrixReads;

  /** What is asked for in so many seconds, while the backend is heard. */
  async function heardFor(seconds: number, count: () => number): Promise<number[]> {
    return secondsOf(count, seconds, second => {
      if (second % 20 === 0) signals.send(HEARTBEAT_CHANNEL);
    });
  }

  it('is told, so that a page on which nothing happens asks for nothing in five minutes', async () => {
    renderOnEntityPage(<Page />, harnessCd, { signals });
    await screen.findByText('Success');
    signals.send(HEARTBEAT_CHANNEL);
    await secondsOf(reads, 2);
    expect(await heardFor(300, reads)).toEqual([]);
    harnessCd.deployments = [deployment({ executionId: 'run', status: 'Failed', phase: 'failed' })];
    signals.send(CHANNEL);
    expect(await screen.findByText('Failed')).toBeVisible();
    expect(await heardFor(60, reads)).toEqual([]);
  });

  it('is asked for as ever where nobody is heard, and again once nobody is', async () => {
    renderOnEntityPage(<Page />, harnessCd, { signals });
    await screen.findByText('Success');
    expect(await secondsOf(reads, 61)).toEqual([30, 60]);
    signals.send(HEARTBEAT_CHANNEL);
    await secondsOf(reads, 2);
    // For a minute it may only be late.
    const at = await secondsOf(reads, 120);
    expect(at.filter(second => second < 58)).toEqual([]);
    expect(at.length).toBeGreaterThan(0);
  });

  it('is asked for once more when the backend is heard again: what happened in between was told to nobody', async () => {
    renderOnEntityPage(<Page />, harnessCd, { signals });
    await screen.findByText('Success');
    const before = reads();
    signals.send(HEARTBEAT_CHANNEL);
    await secondsOf(reads, 2);
    expect(reads()).toBe(before + 2);
    signals.send(HEARTBEAT_CHANNEL);
    await secondsOf(reads, 2);
    expect(reads()).toBe(before + 2);
  });

  it('waits on a hidden page until it is looked at', async () => {
    renderOnEntityPage(<Page />, harnessCd, { signals });
    await screen.findByText('Success');
    signals.send(HEARTBEAT_CHANNEL);
    await secondsOf(reads, 2);
    act(() => focusManager.setFocused(false));
    signals.send(CHANNEL);
    expect(await heardFor(10, reads)).toEqual([]);
    act(() => focusManager.setFocused(true));
    expect((await heardFor(2, reads)).length).toBeGreaterThan(0);
  });

  it('is the run alone where a run went on, which is asked for now and then to be followed', async () => {
    renderOnEntityPage(
      <>
        <Page />
        <Run />
      </>,
      harnessCd,
      { signals },
    );
    await screen.findByText('Running');
    signals.send(HEARTBEAT_CHANNEL);
    await secondsOf(reads, 2);
    expect(await heardFor(59, () => harnessCd.executionReads)).toHaveLength(2);
    const before = [reads(), harnessCd.executionReads];
    signals.send(CHANNEL, { execution: 'run' });
    await heardFor(1, reads);
    signals.send(CHANNEL, { execution: 'another' });
    await heardFor(1, reads);
    expect([reads(), harnessCd.executionReads]).toEqual([before[0], before[1] + 1]);
  });

  it('is listened for by nobody once the page is gone', async () => {
    const { unmount } = renderOnEntityPage(<Page />, harnessCd, { signals });
    await screen.findByText('Success');
    expect(signals.listeners()).toBe(2);
    unmount();
    expect(signals.listeners()).toBe(0);
  });
});
