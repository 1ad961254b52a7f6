import { act, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { DeploymentBrief } from 'backstage-plugin-harness-cd-common';
import { InMemoryHarnessCd } from '../__testUtils__/InMemoryHarnessCd';
import { renderOnEntityPage } from '../__testUtils__/renderOnEntityPage';
import { DeploymentsTab } from '../history/DeploymentsTab';

const THEN = Date.UTC(2026, 7, 20, 14, 5);
const PLACE = { service: 'payment_service', environment: 'prod', region: 'euw1' };

function brief(version: string, about: Partial<DeploymentBrief> = {}): DeploymentBrief {
  const id = `run-of-${version}`;
  return { id, executionId: id, version, status: 'Success', phase: 'succeeded', at: THEN, by: 'ana', ...about };
}

describe('looking back', () => {
  afterEach(() => {
    jest.useRealTimers();
  });

  it('tells what ran at an instant of the address, and what production got since', async () => {
    const harnessCd = new InMemoryHarnessCd();
    harnessCd.stoodAt = [{ ...PLACE, deployment: brief('v2.3.0'), underWay: [brief('v2.4.0')] }];
    const change = { at: THEN, kind: 'rolledBack', deployment: brief('v2.5.0', { by: 'ben' }) } as const;
    const source = { commit: '3f2a9c1b5d6e', since: '1a2b3c4', url: 'https://github.com/acme/shop/compare/a..b' };
    harnessCd.news = [{ ...PLACE, before: brief('v2.3.0'), changes: [change], source }];
    const address = `/?view=past&at=${new Date(THEN).toISOString()}&region=euw1`;
    await renderOnEntityPage(<DeploymentsTab />, harnessCd, { path: address });

    const ran = await screen.findByRole('list', { name: /^What ran at Aug 20, 2026/ });
    expect(ran).toHaveTextContent(/prod\/euw1.*v2\.3\.0.*since Aug 20, 2026.*ana.*under way then: v2\.4\.0/);
    // What else the address says stays.
    const href = within(ran).getByRole('link', { name: 'v2.3.0' }).getAttribute('href');
    expect(href).toMatch(/view=past.*region=euw1.*execution=run-of-v2\.3\.0/);
    const news = screen.getByRole('list', { name: /^New in production since Aug 20, 2026/ });
    expect(news).toHaveTextContent(/prod\/euw1.*v2\.3\.0.*→.*nothing.*Rolled back by.*v2\.5\.0.*ben/);
    const commits = within(news).getByRole('link', { name: 'commits 1a2b3c4 to 3f2a9c1b' });
    expect(commits).toHaveAttribute('href', source.url);
    expect(harnessCd.lookedBackTo).toEqual([THEN]);
  });

  it('tells where a version has been, and says where nobody knows it', async () => {
    const harnessCd = new InMemoryHarnessCd();
    const failed = brief('v2.4.0', { id: 'failed', status: 'Failed', phase: 'failed' });
    harnessCd.stops = [
      { ...PLACE, region: 'euw2', deployment: failed, stood: [], isRunning: false },
      {
        ...PLACE,
        deployment: brief('v2.4.0'),
        stood: [{ from: THEN, until: THEN + 1 }, { from: THEN + 2 }],
        isRunning: true,
      },
    ];
    await renderOnEntityPage(<DeploymentsTab />, harnessCd);
    await userEvent.click(await screen.findByRole('radio', { name: 'Look back' }));
    expect(await screen.findByText('Nothing is known to have run then.')).toBeVisible();
    expect(screen.getByText('Nothing has changed in production since.')).toBeVisible();

    harnessCd.source = { commit: '3f2a9c1', url: 'https://github.com/acme/shop/commit/3f2a9c1' };
    const find = screen.getByRole('searchbox', { name: 'Version' });
    await userEvent.type(find, 'v2.4.0');
    const stops = await screen.findByRole('list', { name: 'Where v2.4.0 has been' });
    expect(stops).toHaveTextContent(
      /prod\/euw2.*Failed.*v2\.4\.0.*prod\/euw1.*Succeeded.*Aug 20, 2026.* to .*since Aug 20, 2026/,
    );
    expect(screen.getByRole('link', { name: 'commit 3f2a9c1' })).toHaveAttribute('href', harnessCd.source.url);
    await userEvent.type(find, '1');
    expect(await screen.findByText('No deployment of v2.4.01 is known.')).toBeVisible();
  });

  it('stays at the instant with which it began, however long one looks', async () => {
    jest.useFakeTimers({ advanceTimers: true });
    const harnessCd = new InMemoryHarnessCd();
    await renderOnEntityPage(<DeploymentsTab />, harnessCd, { path: '/?view=past' });
    expect(await screen.findByText('Nothing is known to have run then.')).toBeVisible();
    await act(() => jest.advanceTimersByTimeAsync(120_000));
    await userEvent.type(screen.getByRole('searchbox', { name: 'Version' }), 'v2.4.0');
    expect(await screen.findByText('No deployment of v2.4.0 is known.')).toBeVisible();
    expect(new Set(harnessCd.lookedBackTo).size).toBe(1);
  });
});
