import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useLocation } from 'react-router-dom';
import { deployment, InMemoryHarnessCd } from '../__testUtils__/InMemoryHarnessCd';
import { renderOnEntityPage } from '../__testUtils__/renderOnEntityPage';
import { DeploymentsTab } from './DeploymentsTab';

function Address() {
  return <output aria-label="address">{useLocation().search}</output>;
}

function renderTab(harnessCd: InMemoryHarnessCd, path = '/') {
  return renderOnEntityPage(
    <>
      <DeploymentsTab />
      <Address />
    </>,
    harnessCd,
    { path },
  );
}

function history(length: number): InMemoryHarnessCd {
  const harnessCd = new InMemoryHarnessCd();
  harnessCd.deployments = Array.from({ length }, (_, n) => deployment({ executionId: `e${n}`, imageTag: `v1.${n}.0` }));
  return harnessCd;
}

describe('DeploymentsTab', () => {
  it('shows who deployed what where, how long it took, and the way to Harness', async () => {
    const harnessCd = new InMemoryHarnessCd();
    const startedAt = Date.now() - 2 * 3_600_000;
    harnessCd.deployments = [
      deployment({
        executionId: 'e1',
        startedAt,
        endedAt: startedAt + 252_000,
        triggeredBy: 'ana',
        links: { execution: 'https://app.harness.io/run/e1', pipeline: 'https://app.harness.io/pipeline' },
      }),
    ];
    renderTab(harnessCd);

    expect(await screen.findByText('v2.3.0')).toBeInTheDocument();
    for (const text of ['Succeeded', 'int-stable', 'euw1', '2 hours ago', '4m 12s', 'ana']) {
      expect(within(screen.getByRole('grid')).getByText(text)).toBeInTheDocument();
    }
    expect(screen.getByText('2 hours ago')).toHaveAttribute('title', expect.stringContaining('UTC'));
    expect(screen.getByRole('link', { name: /Open the run of v2\.3\.0/ })).toHaveAttribute(
      'href',
      'https://app.harness.io/run/e1',
    );
  });

  it('pages beyond fifty rows, on the server, with the page in the address', async () => {
    const harnessCd = history(60);
    renderTab(harnessCd);
    await screen.findByText('v1.0.0');
    await userEvent.click(screen.getByRole('button', { name: 'Next table page' }));
    await screen.findByText('v1.25.0');
    await userEvent.click(screen.getByRole('button', { name: 'Next table page' }));
    expect(await screen.findByText('v1.59.0')).toBeInTheDocument();
    expect(screen.queryByText('v1.0.0')).not.toBeInTheDocument();
    expect(screen.getByLabelText('address')).toHaveTextContent('?page=3');
    expect(screen.getByRole('button', { name: 'Next table page' })).toBeDisabled();
    expect(harnessCd.queries[harnessCd.queries.length - 1]).toMatchObject({ page: 2, pageSize: 25 });
  });

  it('takes filters from the address', async () => {
    const harnessCd = history(3);
    harnessCd.deployments[1] = deployment({
      executionId: 'failed',
      imageTag: 'v9.9.9',
      status: 'Failed',
      phase: 'failed',
      environment: 'prod',
    });
    renderTab(harnessCd, '/?environment=prod&status=failed');
    expect(await screen.findByText('v9.9.9')).toBeInTheDocument();
    expect(screen.queryByText('v1.0.0')).not.toBeInTheDocument();
  });

  it('writes a chosen filter to the address, back on the first page', async () => {
    renderTab(history(60), '/?page=2');
    await screen.findByText('v1.25.0');
    await userEvent.click(screen.getByRole('button', { name: /Status/ }));
    await userEvent.click(await screen.findByRole('option', { name: 'Succeeded' }));
    await waitFor(() => expect(screen.getByLabelText('address')).toHaveTextContent(/^\?status=succeeded$/));
    expect(await screen.findByText('v1.0.0')).toBeInTheDocument();
  });

  it('says when no row matches, and clears the filters', async () => {
    renderTab(history(1), '/?status=failed');
    await userEvent.click(await screen.findByRole('button', { name: 'Clear filters' }));
    expect(await screen.findByText('v1.0.0')).toBeInTheDocument();
  });

  it('opens the stages and steps of a run from its row', async () => {
    renderTab(history(1));
    await userEvent.click(await screen.findByRole('button', { name: /Stages and steps of v1\.0\.0/ }));
    expect(await screen.findByText('Rolling deployment')).toBeInTheDocument();
    expect(screen.getByText('Fetch manifests')).toBeInTheDocument();
    expect(screen.getByRole('dialog', { name: 'v1.0.0 to int-stable/euw1' })).toBeInTheDocument();
  });

  it('says that Harness refuses the portal', async () => {
    const harnessCd = history(1);
    harnessCd.failure = { code: 'UNAUTHORIZED', message: 'No.', hint: 'Ask them.', since: Date.now() };
    renderTab(harnessCd);
    expect(await screen.findByText(/refuses the API key or the account of this portal/)).toBeInTheDocument();
  });

  it('opens the run that the address names', async () => {
    renderTab(history(1), '/?execution=e0');
    expect(await screen.findByText('Rolling deployment')).toBeInTheDocument();
  });
});
