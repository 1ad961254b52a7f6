import { act, screen } from '@testing-library/react';
import { onlineManager } from '@tanstack/react-query';
import { InMemoryHarnessCd } from '../__testUtils__/InMemoryHarnessCd';
import { renderOnEntityPage } from '../__testUtils__/renderOnEntityPage';
import { useStartDeployment } from './useStartDeployment';

function Start() {
  const { mutate, error } = useStartDeployment();
  return (
    <>
      <button onClick={() => mutate({ request: {}, idempotencyKey: 'one-key' })}>Start</button>
      <output>{error?.message}</output>
    </>
  );
}

describe('useStartDeployment', () => {
  afterEach(() => act(() => onlineManager.setOnline(true)));

  it('tells a failure to start without a network, and does not start once there is one', async () => {
    const harnessCd = new InMemoryHarnessCd();
    harnessCd.failStartWith = new Error('No network.');
    renderOnEntityPage(<Start />, harnessCd);
    act(() => onlineManager.setOnline(false));
    act(() => screen.getByRole('button', { name: 'Start' }).click());
    expect(await screen.findByText('No network.')).toBeInTheDocument();

    harnessCd.failStartWith = undefined;
    await act(async () => onlineManager.setOnline(true));
    expect(harnessCd.requests).toEqual([]);
  });

  it('asks once for a key, however often it is called while the answer is awaited', async () => {
    const harnessCd = new InMemoryHarnessCd();
    harnessCd.startAnswer = new Promise(() => {});
    renderOnEntityPage(<Start />, harnessCd);
    act(() => {
      screen.getByRole('button', { name: 'Start' }).click();
      screen.getByRole('button', { name: 'Start' }).click();
    });
    await act(async () => {});
    expect(harnessCd.keys).toEqual(['one-key']);
  });
});
