import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { Story } from 'backstage-plugin-harness-cd-common';
import { InMemoryHarnessCd } from '../__testUtils__/InMemoryHarnessCd';
import { renderOnEntityPage } from '../__testUtils__/renderOnEntityPage';
import { DeploymentsTab } from '../history/DeploymentsTab';
import { csvOf } from './csv';

const AT = Date.UTC(2026, 10, 20, 14, 5);

function story(about: Partial<Story> = {}): Story {
  const well = { id: 'r1/a', executionId: 'r1', runNumber: 7, version: 'v2.4.0', by: 'ana' };
  return {
    id: 'r1/payment_service/prod',
    at: AT,
    service: 'payment_service',
    environment: 'prod',
    outcome: 'partial',
    regions: [
      { region: 'euw1', deployment: { ...well, status: 'Success', phase: 'succeeded' } },
      {
        region: 'euw2',
        deployment: { ...well, id: 'r1/b', status: 'Failed', phase: 'failed' },
        failure: '=cmd, "no" steady state',
      },
    ],
    attempts: [
      { kind: 'run', deployment: { ...well, executionId: 'r0', status: 'Failed', phase: 'failed' } },
      { kind: 'rerun', deployment: { ...well, status: 'Failed', phase: 'failed' } },
    ],
    ...about,
  };
}

describe('DeploymentTimeline', () => {
  it('tells a change as one story, with its regions and attempts', async () => {
    const harnessCd = new InMemoryHarnessCd();
    harnessCd.stories = [story()];
    await renderOnEntityPage(<DeploymentsTab />, harnessCd, { path: '/?view=stories&environment=prod&status=failed' });
    const list = await screen.findByRole('list', { name: 'What happened, newest first' });
    expect(list).toHaveTextContent(/Partly succeeded.*v2\.4\.0 · prod/);
    expect(list).toHaveTextContent(/euw1.*Succeeded.*euw2.*Failed.*=cmd, "no" steady state/);
    expect(list).toHaveTextContent(/ana · 2 attempts/);
    expect(within(list).getByRole('link', { name: 'v2.4.0 · prod' })).toHaveAttribute(
      'href',
      expect.stringContaining('execution=r1'),
    );
    expect(harnessCd.timelineQueries[0]).toMatchObject({ environment: 'prod', status: 'failed' });
  });

  it('is chosen beside the runs, and says where the filters leave nothing over', async () => {
    const harnessCd = new InMemoryHarnessCd();
    await renderOnEntityPage(<DeploymentsTab />, harnessCd, { path: '/?environment=prod' });
    await userEvent.click(await screen.findByRole('radio', { name: 'Stories' }));
    expect(await screen.findByText('No deployment matches these filters.')).toBeVisible();
  });

  it('goes on by itself to the end, and then stands until the newest are asked for', async () => {
    const harnessCd = new InMemoryHarnessCd();
    harnessCd.stories = Array.from({ length: 10 }, (_, index) => story({ id: `story-${index}` }));
    harnessCd.storiesInPart = 2;
    await renderOnEntityPage(<DeploymentsTab />, harnessCd, { path: '/?view=stories' });
    const list = await screen.findByRole('list', { name: 'What happened, newest first' });
    await waitFor(() => expect(list.querySelector('[aria-posinset="10"]')).toBeInTheDocument());
    expect(list.querySelector('[aria-posinset="1"]')).toHaveAttribute('aria-setsize', '10');
    expect(harnessCd.timelineQueries.map(({ after }) => after)).toEqual([undefined, '2', '4', '6', '8']);

    harnessCd.stories = harnessCd.stories.slice(0, 1);
    await userEvent.click(screen.getByRole('button', { name: 'Show the newest' }));
    await waitFor(() => expect(document.querySelectorAll('[aria-posinset]')).toHaveLength(1));
    expect(screen.queryByRole('button', { name: 'Show the newest' })).not.toBeInTheDocument();
  });

  it('says where it did not go on, and goes on once that is asked for', async () => {
    const harnessCd = new InMemoryHarnessCd();
    harnessCd.stories = [story({ id: 'story-0' }), story({ id: 'story-1' })];
    harnessCd.storiesInPart = 1;
    const getTimeline = harnessCd.getTimeline.bind(harnessCd);
    harnessCd.getTimeline = async (entity, query) => {
      harnessCd.failTimelineWith = query.after ? Object.assign(new Error('no'), { statusCode: 400 }) : undefined;
      return getTimeline(entity, query);
    };
    await renderOnEntityPage(<DeploymentsTab />, harnessCd, { path: '/?view=stories' });
    expect(await screen.findByText('What happened could not be loaded')).toBeVisible();
    expect(document.querySelector('[aria-posinset="1"]')).toHaveAttribute('aria-setsize', '-1');
    harnessCd.getTimeline = getTimeline;
    harnessCd.failTimelineWith = undefined;
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    await waitFor(() => expect(document.querySelectorAll('[aria-posinset]')).toHaveLength(2));
  });

  it('is written as CSV that no spreadsheet takes for formulas', () => {
    const [head, first, second, end] = csvOf([story()]).split('\r\n');
    expect(head).toBe('at,outcome,service,environment,region,version,status,by,run,execution,attempts,failure');
    expect(first).toBe('2026-11-20T14:05:00.000Z,partial,payment_service,prod,euw1,v2.4.0,Success,ana,7,r1,2,');
    expect(second).toMatch(/,2,"'=cmd, ""no"" steady state"$/);
    expect(end).toBe('');
    expect(csvOf([])).toBe(`${head}\r\n`);
  });
});
