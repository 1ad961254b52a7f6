import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { MetricsGroup } from 'backstage-plugin-harness-cd-common';
import { InMemoryHarnessCd } from '../__testUtils__/InMemoryHarnessCd';
import { renderOnEntityPage } from '../__testUtils__/renderOnEntityPage';
import { DeliveryMetrics } from './DeliveryMetrics';
import { weeksOf } from './weeks';

const HOUR_MS = 60 * 60_000;
const WEEK_MS = 7 * 24 * HOUR_MS;
const MONDAY = Date.UTC(2026, 10, 2);

function group(about: Partial<MetricsGroup>): MetricsGroup {
  return {
    key: {},
    deployments: 0,
    succeeded: 0,
    failed: 0,
    stopped: 0,
    oddClocks: 0,
    leadTime: { n: 0 },
    timeToRestore: { n: 0 },
    unrestored: 0,
    waitBefore: { n: 0 },
    waitingNow: 0,
    stages: [],
    ...about,
  };
}

function ofWeek(weekMs: number, succeeded: number, failed: number): MetricsGroup {
  return group({ key: { weekMs }, deployments: succeeded + failed, succeeded, failed });
}

function figures(): string[] {
  return screen.getAllByRole('definition').map(({ textContent }) => textContent ?? '');
}

describe('DeliveryMetrics', () => {
  it('tells the four measures, each with what it was taken of', async () => {
    const harnessCd = new InMemoryHarnessCd();
    harnessCd.metrics = [
      group({
        deployments: 40,
        succeeded: 34,
        failed: 6,
        perWeek: 2.644,
        changeFailureRate: 0.15,
        leadTime: { n: 30, p50Ms: 26 * HOUR_MS },
        timeToRestore: { n: 5, p50Ms: HOUR_MS },
        unrestored: 1,
      }),
    ];
    await renderOnEntityPage(<DeliveryMetrics />, harnessCd);
    expect(await screen.findByText('Deployments a week')).toBeVisible();
    expect(figures()).toEqual([
      '2.6of 34 deployments',
      '15%6 of 40 deployments',
      '1d 2hof 30 deployments',
      '1hof 5 deployments · 1 not restored yet',
    ]);
  });

  it('tells no measure of too few, and says so', async () => {
    const harnessCd = new InMemoryHarnessCd();
    harnessCd.metrics = [group({ deployments: 1, succeeded: 1, perWeek: 0.07, leadTime: { n: 1 } })];
    await renderOnEntityPage(<DeliveryMetrics />, harnessCd);
    await screen.findByText('Change failure rate');
    expect(figures()).toEqual([
      '0.1of 1 deployment',
      '–1 is too few: 10 at least',
      '–1 is too few: 5 at least',
      '–0 are too few: 5 at least',
    ]);
  });

  it('tells the weeks in a sentence and in a table', async () => {
    const harnessCd = new InMemoryHarnessCd();
    harnessCd.metrics = [group({ deployments: 4, succeeded: 3, failed: 1 })];
    harnessCd.metricsOfWeeks = [ofWeek(MONDAY, 2, 0), ofWeek(MONDAY + 2 * WEEK_MS, 1, 1)];
    await renderOnEntityPage(<DeliveryMetrics />, harnessCd);
    const summary = '4 deployments in 2 weeks, of which 1 failed or were taken back.';
    expect(await screen.findByText(summary)).toBeVisible();
    await userEvent.click(screen.getByText('As a table'));
    const rows = within(screen.getByRole('table', { name: 'Deployments to production by week' })).getAllByRole('row');
    expect(rows.map(({ textContent }) => textContent)).toEqual([
      'Week fromSucceededFailed',
      'Nov 220',
      'Nov 900',
      'Nov 1611',
    ]);
  });

  it('takes no room where nothing was deployed to production', async () => {
    const harnessCd = new InMemoryHarnessCd();
    const { container } = await renderOnEntityPage(<DeliveryMetrics />, harnessCd);
    await screen.findByText((_, element) => element === container && container.querySelector('.bui-Skeleton') === null);
    expect(screen.queryByText('Deployments a week')).not.toBeInTheDocument();
  });

  it('has no weeks of no deployments', () => {
    expect(weeksOf([])).toEqual([]);
    expect(weeksOf([ofWeek(MONDAY, 0, 0)])).toEqual([]);
  });
});
