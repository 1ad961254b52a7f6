import { act, screen } from '@testing-library/react';
import { focusManager } from '@tanstack/react-query';
import { deployment, InMemoryHarnessCd } from '../__testUtils__/InMemoryHarnessCd';
import { renderOnEntityPage } from '../__testUtils__/renderOnEntityPage';
import { secondsOf } from '../__testUtils__/secondsOf';
import { useStartDeployment } from '../deploy/useStartDeployment';
import { useDeployments } from './useDeployments';

function History() {
  return <output>{useDeployments().data?.deployments.length}</output>;
}

function StartAndHistory() {
  const start = useStartDeployment();
  return (
    <>
      <button onClick={() => start.mutate({ request: {}, idempotencyKey: 'one-key' })}>Start</button>
      <History />
    </>
  );
}

describe('useDeployments', () => {
  let harnessCd: InMemoryHarnessCd;

  beforeEach(() => {
    jest.useFakeTimers({ advanceTimers: true });
    harnessCd = new InMemoryHarnessCd();
  });

  afterEach(() => {
    focusManager.setFocused(undefined);
    jest.useRealTimers();
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

  it('asks every 2 s for what is just being read again', async () => {
    harnessCd.asOf = Date.now();
    renderOnEntityPage(<History />, harnessCd);
    await screen.findByText('0');
    expect(await secondsOf(() => harnessCd.queries.length, 7)).toEqual([2, 4, 6]);
    harnessCd.asOf = undefined;
    await secondsOf(() => harnessCd.queries.length, 3);
    expect(await secondsOf(() => harnessCd.queries.length, 20)).toEqual([]);
  });

  it('asks at once when the page is looked at again', async () => {
    renderOnEntityPage(<History />, harnessCd);
    await screen.findByText('0');
    act(() => focusManager.setFocused(false));
    expect(await secondsOf(() => harnessCd.queries.length, 40)).toEqual([]);
    act(() => focusManager.setFocused(true));
    expect(await secondsOf(() => harnessCd.queries.length, 5)).toEqual([1]);
  });
});
