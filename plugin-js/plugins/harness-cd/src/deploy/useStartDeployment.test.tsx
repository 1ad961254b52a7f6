import { act, screen } from '@testing-library/react';
import { onlineManager } from '@tanstack/react-query';
import type { DeployBody } from 'backstage-plugin-harness-cd-common';
import { InMemoryHarnessCd } from '../__testUtils__/InMemoryHarnessCd';
import { renderOnEntityPage } from '../__testUtils__/renderOnEntityPage';
import { useStartDeployment } from './useStartDeployment';

function Start() {
  const { mutate, error } = useStartDeployment();
  return (
    <>
      <button onClick={() => mutate({} as DeployBody)}>Start</button>
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
});
