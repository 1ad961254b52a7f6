import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { deployment, InMemoryHarnessCd } from '../__testUtils__/InMemoryHarnessCd';
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

  it('announces the stage of what runs politely', async () => {
    const harnessCd = new InMemoryHarnessCd();
    harnessCd.deployments = [deployment({ executionId: 'running', status: 'Running', phase: 'active' })];
    renderOnEntityPage(<DeploymentsCard />, harnessCd);

    const announcement = await screen.findByText('Deploy to int-stable: Running');
    expect(announcement).toHaveAttribute('aria-live', 'polite');
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
    expect(screen.getByText(/not reachable since/i)).toBeInTheDocument();
    expect(screen.getByText('Harness answered 503.')).toBeInTheDocument();
    expect(screen.getByText('Look at the status page of Harness.')).toBeInTheDocument();
    expect(screen.getByText('Correlation ID: c-1')).toBeInTheDocument();
    expect(screen.getByText(/v2\.3\.0/)).toBeInTheDocument();
  });

  it.each([
    ['UNAUTHORIZED', /refuses the API key or the account of this portal\. The platform team can mend it/],
    ['FORBIDDEN', /refuses the API key or the account of this portal/],
    ['WRONG_SCOPE', /Account, organization and project of this portal do not fit/],
  ] as const)('tells %s from a Harness that cannot be reached', async (code, sentence) => {
    const harnessCd = new InMemoryHarnessCd();
    harnessCd.deployments = [deployment({ executionId: 'last' })];
    harnessCd.failure = { code, message: 'No.', hint: 'Ask them.', since: Date.now() - 50_000 };
    harnessCd.asOf = Date.now() - 60_000;
    renderOnEntityPage(<DeploymentsCard />, harnessCd);

    expect(await screen.findByText(sentence)).toBeInTheDocument();
    expect(screen.getByText(/^As of .*; refused since/)).toBeInTheDocument();
    expect(screen.getByText('Ask them.')).toBeInTheDocument();
    expect(screen.getByText(/v2\.3\.0/)).toBeInTheDocument();
    expect(screen.queryByText(/reachable|reached/)).not.toBeInTheDocument();
  });

  it('says since when a refused portal has nothing to show', async () => {
    const harnessCd = new InMemoryHarnessCd();
    harnessCd.failure = { code: 'UNAUTHORIZED', message: 'No.', hint: 'Ask them.', since: Date.now() };
    renderOnEntityPage(<DeploymentsCard />, harnessCd);
    expect(await screen.findByText(/^Refused since/)).toBeInTheDocument();
  });

  it('does not take a right that the portal lacks in Harness for one of the person', async () => {
    const harnessCd = new InMemoryHarnessCd();
    harnessCd.failWith = responseError(403, { code: 'FORBIDDEN', message: 'The API key may not.', hint: 'Ask them.' });
    renderOnEntityPage(<DeploymentsCard />, harnessCd);
    expect(await screen.findByText(/refuses the API key or the account/)).toBeInTheDocument();
    expect(screen.queryByText(/harness-cd\.deployment\.read/)).not.toBeInTheDocument();
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
