import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { built, deployment, InMemoryHarnessCd, runningProgress } from '../__testUtils__/InMemoryHarnessCd';
import { paymentService } from '../__testUtils__/paymentService';
import { renderOnEntityPage } from '../__testUtils__/renderOnEntityPage';
import { DeploymentsCard } from './DeploymentsCard';

function responseError(statusCode: number, error: object): Error {
  return Object.assign(new Error(`Request failed with ${statusCode}`), { statusCode, body: { error } });
}

describe('DeploymentsCard', () => {
  it('shows what runs first, with its stage and step, and at most five rows', async () => {
    const harnessCd = new InMemoryHarnessCd();
    harnessCd.deployments = [
      ...Array.from({ length: 6 }, (_, n) => deployment({ executionId: `ended-${n}`, imageTag: `v1.0.${n}` })),
      deployment({ executionId: 'running', imageTag: 'v2.0.0', status: 'Running', phase: 'active' }),
    ];
    renderOnEntityPage(<DeploymentsCard />, harnessCd);

    expect(await screen.findByText('Deploy to int-stable: Rolling deployment')).toBeInTheDocument();
    const rows = screen.getAllByRole('listitem');
    expect(rows).toHaveLength(5);
    expect(within(rows[0]).getByText(/v2\.0\.0/)).toBeInTheDocument();
    expect(within(rows[0]).getAllByText('Running').length).toBeGreaterThan(0);
    expect(within(rows[1]).getByText('Succeeded')).toBeInTheDocument();
  });

  it('waits for nobody to say which pipeline the entity names by its address', async () => {
    const harnessCd = new InMemoryHarnessCd();
    harnessCd.deployments = [deployment({ executionId: 'ended', imageTag: 'v1.0.0' })];
    harnessCd.getPipelines = () => new Promise(() => {});
    renderOnEntityPage(<DeploymentsCard />, harnessCd);
    expect(await screen.findByText(/v1\.0\.0/)).toBeInTheDocument();
  });

  it('links a row to its details and the footer to the tab', async () => {
    const harnessCd = new InMemoryHarnessCd();
    harnessCd.deployments = [deployment({ executionId: 'a/b' })];
    renderOnEntityPage(<DeploymentsCard />, harnessCd);

    expect(await screen.findByRole('link', { name: 'v2.3.0 · int-stable/euw1' })).toHaveAttribute(
      'href',
      '/deployments?execution=a%2Fb',
    );
    expect(screen.getByRole('link', { name: /All deployments/ })).toHaveAttribute('href', '/deployments');
  });

  it('links to no details where the portal has no tab', async () => {
    const harnessCd = new InMemoryHarnessCd();
    harnessCd.deployments = [deployment({ executionId: 'e1' })];
    renderOnEntityPage(<DeploymentsCard />, harnessCd, { hasTab: false });
    const card = within(await screen.findByRole('region', { name: 'Deployments' }));
    expect(await card.findByText('v2.3.0 · int-stable/euw1')).toBeInTheDocument();
    expect(card.queryByRole('link')).not.toBeInTheDocument();
  });

  it('announces in one place which run went on, and how it ended', async () => {
    const running = { status: 'Running', phase: 'active' } as const;
    const harnessCd = new InMemoryHarnessCd();
    harnessCd.deployments = [
      deployment({ executionId: 'a', ...running }),
      deployment({ executionId: 'b', imageTag: 'v3', ...running }),
    ];
    harnessCd.progress = runningProgress('a');
    renderOnEntityPage(<DeploymentsCard />, harnessCd);
    await screen.findAllByText('Deploy to int-stable: Rolling deployment');
    const regions = document.querySelectorAll('li [aria-live], ul [role=status]');
    expect(regions).toHaveLength(0);

    harnessCd.progress.stages[0].status = 'ApprovalWaiting';
    harnessCd.progress.stages[0].phase = 'waiting';
    const words = await screen.findByText(
      /^v\S+ to int-stable\/euw1, Deploy to int-stable: Waiting for approval$/,
      undefined,
      {
        timeout: 15_000,
      },
    );
    expect(words).toHaveAttribute('aria-live', 'polite');
    harnessCd.deployments[1] = deployment({ executionId: 'b', imageTag: 'v3' });
    await waitFor(() => expect(words).toHaveTextContent('v3 to int-stable/euw1: Succeeded'), { timeout: 15_000 });
  });

  it('says for how long something runs or is queued, who started it, and why it failed', async () => {
    const harnessCd = new InMemoryHarnessCd();
    const startedAt = Date.now() - 9 * 3_600_000;
    harnessCd.deployments = [
      deployment({ executionId: 'a', status: 'Running', phase: 'active', startedAt, triggeredBy: 'ana' }),
      deployment({ executionId: 'b', status: 'Queued', phase: 'queued', startedAt }),
      deployment({ executionId: 'c', status: 'Failed', phase: 'failed', failure: 'No pods.' }),
    ];
    renderOnEntityPage(<DeploymentsCard />, harnessCd);
    expect(await screen.findByText('for 9h')).toBeInTheDocument();
    expect(screen.getByText('queued for 9h')).toBeInTheDocument();
    expect(screen.getByText('ana')).toBeInTheDocument();
    expect(screen.getByText('No pods.')).toBeInTheDocument();
  });

  it('leads to the person who started it from the portal, and names the account only as the means', async () => {
    const harnessCd = new InMemoryHarnessCd();
    const startedBy = { startedBy: 'user:default/ana', triggeredBy: 'backstage-bot' };
    harnessCd.deployments = [deployment({ executionId: 'a', ...startedBy })];
    renderOnEntityPage(<DeploymentsCard />, harnessCd);
    const link = await screen.findByRole('link', { name: 'ana' });
    expect(link).toHaveAttribute('href', '/catalog/default/user/ana');
    expect(link.closest('[title]')).toHaveAttribute('title', 'by way of backstage-bot');
    expect(screen.queryByText('backstage-bot')).not.toBeInTheDocument();
  });

  it.each([
    ['FOREIGN_PIPELINE', /belongs to somebody else/],
    ['INVALID_CONFIG', /annotation of this component.*cannot be used/],
  ] as const)(
    'shows %s as something to mend in the file, not as an outage, and offers no deployment',
    async (code, title) => {
      const harnessCd = new InMemoryHarnessCd();
      harnessCd.failWith = responseError(403, {
        code,
        message: 'It is of component:default/shop. Add a tag.',
        hint: 'Add a tag.',
      });
      renderOnEntityPage(<DeploymentsCard />, harnessCd);
      expect(await screen.findByText(title)).toBeInTheDocument();
      expect(screen.getAllByText(/Add a tag\./)).toHaveLength(1);
      expect(screen.getByRole('button', { name: 'Copy annotation' })).toBeInTheDocument();
      expect(screen.queryByRole('button', { name: 'Try again' })).not.toBeInTheDocument();
      expect(screen.queryByRole('button', { name: 'Deploy' })).not.toBeInTheDocument();
    },
  );

  it.each([
    [{ totalExecutions: 3 }, 'The pipeline ran 3 times. No run on this page deployed anything.'],
    [{ totalExecutions: 1 }, 'The pipeline ran once, and deployed nothing.'],
    [{ totalExecutions: 'unknown' }, 'Harness lists no deployment.'],
  ] as const)(
    'does not say that nothing was ever deployed where the answer has %j',
    async ({ totalExecutions }, words) => {
      const harnessCd = new InMemoryHarnessCd();
      harnessCd.totalExecutions = totalExecutions;
      renderOnEntityPage(<DeploymentsCard />, harnessCd);
      expect(await screen.findByText(words)).toBeInTheDocument();
      expect(screen.queryByText('Never deployed.')).not.toBeInTheDocument();
    },
  );

  it('counts the runs that deployed nothing', async () => {
    const harnessCd = new InMemoryHarnessCd();
    harnessCd.deployments = [deployment({ executionId: 'a' }), built('b1'), built('b2')];
    renderOnEntityPage(<DeploymentsCard />, harnessCd);
    expect(await screen.findByText('2 runs here deployed nothing.')).toBeInTheDocument();
  });

  it('says that nothing has been deployed, and offers to', async () => {
    renderOnEntityPage(<DeploymentsCard />, new InMemoryHarnessCd());
    expect(await screen.findByText('Never deployed.')).toBeInTheDocument();
    expect(screen.getByRole('button', { name: 'Deploy' })).toBeInTheDocument();
  });

  it('shows a status of a newer Harness as it came', async () => {
    const harnessCd = new InMemoryHarnessCd();
    harnessCd.deployments = [deployment({ executionId: 'x', status: 'Hibernating', phase: 'active' })];
    renderOnEntityPage(<DeploymentsCard />, harnessCd);
    expect(await screen.findByText('Hibernating')).toBeInTheDocument();
  });

  it('keeps the last known rows when Harness cannot be reached, and says since when and why', async () => {
    const harnessCd = new InMemoryHarnessCd();
    harnessCd.deployments = [deployment({ executionId: 'last' })];
    harnessCd.asOf = Date.now() - 60_000;
    harnessCd.failure = {
      code: 'UNAVAILABLE',
      message: 'Harness answered 503.',
      hint: 'Look at the status page of Harness.',
      correlationId: 'c-1',
      since: Date.now() - 50_000,
    };
    renderOnEntityPage(<DeploymentsCard />, harnessCd);

    expect(await screen.findByText(/last known deployments/)).toBeInTheDocument();
    expect(screen.getByText('Harness cannot be reached')).toBeInTheDocument();
    expect(screen.getByText(/it has been so since/)).toBeInTheDocument();
    expect(screen.getByText('Harness answered 503.')).toBeInTheDocument();
    expect(screen.getByText('Look at the status page of Harness.')).toBeInTheDocument();
    expect(screen.getByText('Correlation ID: c-1')).toBeInTheDocument();
    expect(screen.getByText(/v2\.3\.0/)).toBeInTheDocument();
  });

  it.each([
    ['UNAUTHORIZED', 'Harness refuses the API key of this portal'],
    ['FORBIDDEN', 'The API key of this portal lacks a right in Harness'],
    ['PIPELINE_NOT_FOUND', 'Harness has no such pipeline'],
    ['RATE_LIMITED', 'Harness takes no more requests for now'],
    ['TIMEOUT', 'Harness does not answer in time'],
    ['MALFORMED_RESPONSE', 'The answer is none of Harness'],
  ] as const)('tells %s from a Harness that cannot be reached', async (code, title) => {
    const harnessCd = new InMemoryHarnessCd();
    harnessCd.deployments = [deployment({ executionId: 'last' })];
    harnessCd.failure = { code, message: 'No.', hint: 'Ask them.', since: Date.now() - 50_000 };
    harnessCd.asOf = Date.now() - 60_000;
    renderOnEntityPage(<DeploymentsCard />, harnessCd);

    expect(await screen.findByText(title)).toBeInTheDocument();
    expect(screen.getByText(/last known deployments/)).toBeInTheDocument();
    expect(screen.getByText('Ask them.')).toBeInTheDocument();
    expect(screen.getByText(/v2\.3\.0/)).toBeInTheDocument();
    expect(screen.queryByText(/reachable|reached/)).not.toBeInTheDocument();
  });

  it('says that nothing is known where nothing is, and tries again on request', async () => {
    const harnessCd = new InMemoryHarnessCd();
    harnessCd.failure = { code: 'TIMEOUT', message: 'No.', hint: 'Ask them.', since: Date.now() };
    renderOnEntityPage(<DeploymentsCard />, harnessCd);
    expect(await screen.findByText(/^Nothing is known of the deployments yet\./)).toBeInTheDocument();
    expect(screen.queryByText(/last known|as of|Never deployed/i)).not.toBeInTheDocument();

    harnessCd.failure = undefined;
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByText('Never deployed.')).toBeInTheDocument();
  });

  it('does not take a right that the portal lacks in Harness for one of the person', async () => {
    const harnessCd = new InMemoryHarnessCd();
    harnessCd.failWith = responseError(403, { code: 'FORBIDDEN', message: 'The API key may not.', hint: 'Ask them.' });
    renderOnEntityPage(<DeploymentsCard />, harnessCd);
    expect(await screen.findByText('The API key of this portal lacks a right in Harness')).toBeInTheDocument();
    expect(screen.queryByText(/harness-cd\.deployment\.read/)).not.toBeInTheDocument();
  });

  it.each([
    [503, { code: 'UNAVAILABLE', message: 'TypeError: fetch failed', hint: 'Wait.' }, 'Wait.'],
    [
      500,
      { message: 'TypeError: fetch failed' },
      'Try again. If it stays so, give the details to whoever runs this portal.',
    ],
  ])('says first what to do, and what a program says under Details, after %d', async (status, error, words) => {
    const harnessCd = new InMemoryHarnessCd();
    harnessCd.failWith = responseError(status, error);
    renderOnEntityPage(<DeploymentsCard />, harnessCd);
    expect(await screen.findByText(words)).toBeVisible();
    const message = screen.getByText('TypeError: fetch failed');
    expect(message).not.toBeVisible();
    await userEvent.click(screen.getByText('Details'));
    expect(message).toBeVisible();
  });

  it('says at once what Harness does not take, because that is what has to be mended', async () => {
    const harnessCd = new InMemoryHarnessCd();
    harnessCd.failWith = responseError(400, { code: 'INVALID_REQUEST', message: 'No such filter.', hint: 'Mend it.' });
    renderOnEntityPage(<DeploymentsCard />, harnessCd);
    expect(await screen.findByText('No such filter.')).toBeVisible();
  });

  it('names the missing right', async () => {
    const harnessCd = new InMemoryHarnessCd();
    harnessCd.failWith = responseError(403, { name: 'NotAllowedError', message: 'no' });
    renderOnEntityPage(<DeploymentsCard />, harnessCd);
    expect(await screen.findByText(/harness-cd\.deployment\.read/)).toBeInTheDocument();
  });

  it('shows a failure with what it means, and tries again on request', async () => {
    const harnessCd = new InMemoryHarnessCd();
    harnessCd.failWith = responseError(502, { message: 'It broke.', hint: 'Mend it.', correlationId: 'c-2' });
    renderOnEntityPage(<DeploymentsCard />, harnessCd);
    expect(await screen.findByText('It broke.')).toBeInTheDocument();
    expect(screen.getByText('Mend it.')).toBeInTheDocument();
    expect(screen.getByText('Correlation ID: c-2')).toBeInTheDocument();

    harnessCd.failWith = undefined;
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByText('Never deployed.')).toBeInTheDocument();
  });

  it('offers the annotation where no pipeline is named', async () => {
    const user = userEvent.setup();
    const written = jest.spyOn(navigator.clipboard, 'writeText');
    renderOnEntityPage(<DeploymentsCard />, new InMemoryHarnessCd(), {
      entity: { ...paymentService, metadata: { name: 'payment-service' } },
    });
    await user.click(await screen.findByRole('button', { name: 'Copy annotation' }));
    expect(await screen.findByRole('button', { name: 'Copied' })).toBeInTheDocument();
    expect(written).toHaveBeenCalledWith(expect.stringContaining('harness.io/pipeline-url: https://'));
  });
});
