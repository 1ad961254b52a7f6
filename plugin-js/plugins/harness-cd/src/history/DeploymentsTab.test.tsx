import { act, cleanup, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useLocation, useNavigate } from 'react-router-dom';
import type { ExecutionStage } from 'backstage-plugin-harness-cd-common';
import { choose, closeDialog } from '../__testUtils__/deployDialog';
import { built, deployment, InMemoryHarnessCd, runningProgress } from '../__testUtils__/InMemoryHarnessCd';
import { renderOnEntityPage } from '../__testUtils__/renderOnEntityPage';
import { secondsOf } from '../__testUtils__/secondsOf';
import { DeploymentsTab } from './DeploymentsTab';

function Address() {
  const navigate = useNavigate();
  return (
    <>
      <output aria-label="address">{useLocation().search}</output>
      <button onClick={() => navigate(-1)}>Back</button>
    </>
  );
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

  it('finds a text run by run, says how far it looked, and looks further', async () => {
    const harnessCd = history(130);
    renderTab(harnessCd);
    await screen.findByText('v1.0.0');
    await userEvent.type(screen.getByRole('searchbox', { name: 'Find' }), 'v1.12');
    expect(await screen.findByText('Looked through runs 1 to 100 of 130.')).toBeInTheDocument();
    expect(await screen.findByText('v1.12.0')).toBeInTheDocument();
    expect(screen.queryByText('v1.0.0')).not.toBeInTheDocument();
    expect(screen.getByLabelText('address')).toHaveTextContent(/^\?text=v1\.12$/);
    await userEvent.click(screen.getByRole('button', { name: 'Search further' }));
    expect(await screen.findByText('v1.129.0')).toBeInTheDocument();
    expect(screen.getByText('Looked through runs 101 to 130 of 130.')).toBeInTheDocument();
    expect(screen.queryByRole('button', { name: 'Search further' })).not.toBeInTheDocument();

    await userEvent.click(screen.getByText('Back'));
    await userEvent.click(screen.getByText('Back'));
    expect(screen.getByRole('searchbox', { name: 'Find' })).toHaveValue('');
  });

  it('keeps the choices of the rows that a filter hides', async () => {
    const harnessCd = history(1);
    harnessCd.rules = undefined;
    harnessCd.deployments.push(deployment({ executionId: 'far', region: 'use1' }));
    renderTab(harnessCd);
    await within(await screen.findByRole('grid')).findByText('use1');
    await choose(/Region/, /euw1/);
    const rows = within(screen.getByRole('grid'));
    await waitFor(() => expect(rows.queryByText('use1')).not.toBeInTheDocument());
    expect(screen.getByLabelText('address')).toHaveTextContent(/^\?region=euw1$/);
    await userEvent.click(screen.getByRole('button', { name: /Region/ }));
    const options = await screen.findAllByRole('option');
    expect(options.map(({ textContent }) => textContent)).toEqual(['All', 'euw1', 'use1']);
  });

  it('has no choice of regions where none is known', async () => {
    const harnessCd = history(1);
    harnessCd.rules = undefined;
    harnessCd.deployments[0].region = undefined;
    renderTab(harnessCd);
    await screen.findByText('v1.0.0');
    expect(screen.queryByRole('button', { name: /Region/ })).not.toBeInTheDocument();
  });

  it('leafs through pages of runs that deployed nothing, and shows them where asked to', async () => {
    const harnessCd = history(1);
    harnessCd.deployments.unshift(...Array.from({ length: 50 }, (_, n) => built(`b${n}`, { runNumber: 100 - n })));
    renderTab(harnessCd);
    expect(await screen.findByText('The runs of this page went through and deployed nothing.')).toBeInTheDocument();
    expect(screen.queryByText(/Never deployed/)).not.toBeInTheDocument();
    expect(screen.getByText('25 runs here deployed nothing.')).toBeInTheDocument();
    await userEvent.click(screen.getByRole('button', { name: 'Next table page' }));

    await userEvent.click(await screen.findByRole('switch', { name: 'Show runs that deployed nothing' }));
    expect(await screen.findByText('Run #75')).toBeInTheDocument();
    expect(screen.getByLabelText('address')).toHaveTextContent(/^\?page=2&runs=all$/);
    await userEvent.click(screen.getByRole('button', { name: 'Next table page' }));
    expect(await screen.findByText('v1.0.0')).toBeInTheDocument();
    await userEvent.click(screen.getByRole('switch', { name: 'Show runs that deployed nothing' }));
    expect(screen.getByLabelText('address')).toHaveTextContent(/^\?page=3$/);
  });

  it('follows a run into the one that a stage of it has started', async () => {
    const harnessCd = history(1);
    const [stage] = runningProgress('e0').stages;
    const train = { ...stage, name: 'Train', steps: [], child: { executionId: 'far' } };
    harnessCd.progress = { ...runningProgress('e0'), stages: [train] };
    renderTab(harnessCd, '/?execution=e0');

    const child = await screen.findByRole('button', { name: 'The run that Train started' });
    expect(child).toHaveAttribute('aria-expanded', 'false');
    expect(screen.queryByText('Fetch manifests')).not.toBeInTheDocument();
    await userEvent.click(child);
    const run = await screen.findByRole('group', { name: 'The run that Train started, with its stages' });
    expect(await within(run).findByText('Fetch manifests')).toBeInTheDocument();
    expect(within(run).queryByRole('button', { name: /started/ })).not.toBeInTheDocument();
    await userEvent.click(child);
    expect(screen.queryByText('Fetch manifests')).not.toBeInTheDocument();
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
    expect(await screen.findByText('Harness refuses the API key of this portal')).toBeInTheDocument();
  });

  it('opens the run that the address names', async () => {
    renderTab(history(1), '/?execution=e0');
    expect(await screen.findByText('Rolling deployment')).toBeInTheDocument();
  });

  it('closes the details by the Back of the browser, and leaves no step of theirs behind', async () => {
    renderTab(history(60), '/?page=2');
    await userEvent.click(await screen.findByRole('button', { name: /Stages and steps of v1\.25\.0/ }));
    await screen.findByText('Rolling deployment');
    const address = screen.getByLabelText('address');
    expect(address).toHaveTextContent('?page=2&execution=e25');
    act(() => screen.getByText('Back').click());
    await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument());
    expect(address).toHaveTextContent(/^\?page=2$/);

    await userEvent.click(await screen.findByRole('button', { name: /Stages and steps of v1\.25\.0/ }));
    await screen.findByRole('dialog');
    await closeDialog();
    expect(address).toHaveTextContent(/^\?page=2$/);
  });

  it('takes a filter back by the Back of the browser', async () => {
    renderTab(history(3));
    await screen.findByText('v1.0.0');
    await choose(/Status/, /Failed/);
    await screen.findByText('No deployment matches these filters.');
    await userEvent.click(screen.getByText('Back'));
    expect(await screen.findByText('v1.0.0')).toBeInTheDocument();
    expect(screen.getByLabelText('address')).toBeEmptyDOMElement();
  });

  it('opens the details by a click or Enter on the row', async () => {
    renderTab(history(2));
    await userEvent.click(await screen.findByText('v1.1.0'));
    expect(await screen.findByRole('dialog', { name: 'v1.1.0 to int-stable/euw1' })).toBeInTheDocument();
    await closeDialog();
    act(() => screen.getAllByRole('row')[1].focus());
    await userEvent.keyboard('{Enter}');
    expect(await screen.findByRole('dialog', { name: 'v1.0.0 to int-stable/euw1' })).toBeInTheDocument();
  });

  it('shows the last page where the address names one beyond it', async () => {
    renderTab(history(60), '/?page=99');
    expect(await screen.findByText('v1.59.0')).toBeInTheDocument();
    expect(screen.getByLabelText('address')).toHaveTextContent(/^\?page=3$/);
    expect(screen.getAllByText('Page 3 of 3 · 60 runs').length).toBeGreaterThan(0);
  });

  it('leads to the head of the rows after a change of the page', async () => {
    renderTab(history(60));
    await screen.findByText('v1.0.0');
    await userEvent.click(screen.getByRole('button', { name: 'Next table page' }));
    await screen.findByText('v1.25.0');
    expect(screen.getByRole('group', { name: 'Deployments, newest first' })).toHaveFocus();
  });

  it('counts one run as one, and none during an outage', async () => {
    const harnessCd = history(1);
    renderTab(harnessCd);
    expect((await screen.findAllByText('Page 1 of 1 · 1 run')).length).toBeGreaterThan(0);
    cleanup();
    harnessCd.failure = { code: 'TIMEOUT', message: 'No.', hint: 'Wait.', since: Date.now() };
    harnessCd.asOf = Date.now();
    renderTab(harnessCd);
    expect((await screen.findAllByText('Page 1')).length).toBeGreaterThan(0);
    expect(screen.queryByText(/1 run/)).not.toBeInTheDocument();
  });

  it('says of when the rows are while they are read again', async () => {
    const harnessCd = history(1);
    harnessCd.asOf = Date.now();
    renderTab(harnessCd);
    expect(await screen.findByText(/Harness is being asked again/)).toBeInTheDocument();
    expect(screen.getByText('v1.0.0')).toBeInTheDocument();
    cleanup();
    harnessCd.failure = { code: 'TIMEOUT', message: 'No.', hint: 'Wait.', since: Date.now() };
    renderTab(harnessCd);
    await screen.findByText(/last known deployments/);
    expect(screen.queryByText(/being asked again/)).not.toBeInTheDocument();
  });

  it('offers the environments of the rows where no rules name any', async () => {
    const harnessCd = history(1);
    harnessCd.rules = undefined;
    renderTab(harnessCd);
    await screen.findByText('v1.0.0');
    await choose(/Environment/, /int-stable/);
    await waitFor(() => expect(screen.getByLabelText('address')).toHaveTextContent('?environment=int_stable'));
  });

  it('gives what ended otherwise than by failing a look of its own', async () => {
    const harnessCd = history(3);
    const ends = ['Failed', 'Aborted', 'ApprovalRejected', 'Suspended'];
    harnessCd.deployments = ends.map(status =>
      deployment({
        executionId: status,
        status,
        phase: 'failed',
        failure: status === 'Failed' ? 'No pods.' : undefined,
      }),
    );
    renderTab(harnessCd);
    const words = ['Failed', 'Aborted', 'Approval rejected', 'Suspended'];
    await screen.findByText('Aborted');
    const icons = words.map(word =>
      within(screen.getByRole('grid')).getByText(word).parentElement!.querySelector('path')!.getAttribute('d'),
    );
    expect(new Set(icons).size).toBe(4);
    expect(screen.getByText('No pods.')).toBeInTheDocument();
  });

  it('shows what is known as the version, what was undone or tried again, and for how long something is queued', async () => {
    const harnessCd = history(0);
    const runCreatedAt = Date.now() - 5 * 60_000;
    const digest = `sha256:${'0a1b2c3d'.repeat(8)}`;
    harnessCd.deployments = [
      deployment({ executionId: 'a', imageTag: undefined, version: digest, isUndone: true }),
      deployment({ executionId: 'b', version: '1.20.0', isRollback: true }),
      deployment({ executionId: 'd', isRetry: true }),
      deployment({ executionId: 'e', rerunOf: 'd' }),
      deployment({ executionId: 'c', status: 'Queued', phase: 'queued', startedAt: undefined, runCreatedAt }),
    ];
    renderTab(harnessCd);
    const table = within(await screen.findByRole('grid'));
    expect(table.getByRole('columnheader', { name: 'Version' })).toBeInTheDocument();
    expect(table.getByText('sha256:0a1b2c3d0a1b…')).toHaveAttribute('title', digest);
    expect(table.getByText('1.20.0')).toBeInTheDocument();
    expect(table.getByText('undone by a rollback')).toBeInTheDocument();
    expect(table.getByText('rolls an earlier run back')).toBeInTheDocument();
    expect(table.getByText('retried after an earlier attempt')).toBeInTheDocument();
    expect(table.getByText('runs an earlier run again')).toBeInTheDocument();
    expect(table.getByText(/^queued for 5m/)).toBeInTheDocument();
    await userEvent.click(table.getByText('undone by a rollback'));
    const dialog = within(await screen.findByRole('dialog', { name: 'sha256:0a1b2c3d0a1b… to int-stable/euw1' }));
    expect(dialog.getByText(digest)).toBeInTheDocument();
  });

  describe('the details', () => {
    function refusal(statusCode: number, code?: string): Error {
      return Object.assign(new Error('No.'), { statusCode, body: { error: { message: 'No.', code } } });
    }

    it('say that there is no such run, and do not ask for it for ever', async () => {
      jest.useFakeTimers({ advanceTimers: true });
      const harnessCd = history(1);
      harnessCd.failExecutionWith = refusal(404, 'NOT_FOUND');
      renderTab(harnessCd, '/?execution=nowhere');
      expect(await screen.findByText('Harness does not know this run')).toBeInTheDocument();
      const reads = harnessCd.executionReads;
      await secondsOf(() => harnessCd.executionReads, 40);
      expect(harnessCd.executionReads).toBe(reads);
      jest.useRealTimers();
    });

    it('show what the row knows at once, and the rest with its state', async () => {
      const harnessCd = history(0);
      const startedAt = Date.now() - 17 * 60_000;
      harnessCd.deployments = [
        deployment({
          executionId: 'e',
          startedAt,
          endedAt: Date.now(),
          triggeredBy: 'ana',
          failure: 'No pods.',
          status: 'Failed',
          phase: 'failed',
        }),
      ];
      harnessCd.failExecutionWith = refusal(503, 'RATE_LIMITED');
      renderTab(harnessCd, '/?execution=e');
      const dialog = within(await screen.findByRole('dialog'));
      expect(await dialog.findByText('took 17m')).toBeInTheDocument();
      expect(dialog.getByText('ana')).toBeInTheDocument();
      expect(dialog.getByText('No pods.')).toBeInTheDocument();
      expect(await dialog.findByText('Harness takes no more requests for now')).toBeInTheDocument();
    });

    it('tell the time of the deployment from that of the whole run, and why it failed once', async () => {
      const harnessCd = history(0);
      const now = Date.now();
      const ofRow = { startedAt: now - 17 * 60_000, endedAt: now };
      const failed = { status: 'Failed', phase: 'failed', failure: 'No pods.' } as const;
      harnessCd.deployments = [deployment({ executionId: 'e', ...ofRow, ...failed })];
      const progress = runningProgress('e');
      const [stage] = progress.stages;
      const [, step] = stage.steps;
      harnessCd.progress = {
        ...progress,
        ...failed,
        startedAt: now - 148 * 60_000,
        endedAt: now,
        stages: [{ ...stage, ...failed, steps: [{ ...step, ...failed }] }],
      };
      renderTab(harnessCd, '/?execution=e');
      const dialog = within(await screen.findByRole('dialog'));
      expect(await dialog.findByText('took 2h 28m')).toBeInTheDocument();
      expect(dialog.getByText('This deployment').parentElement).toHaveTextContent('took 17m');
      expect(dialog.getByText('The whole run').parentElement).toHaveTextContent('took 2h 28m');
      expect(dialog.getAllByText('No pods.')).toHaveLength(1);
    });

    it('name the stages that are still to come, and under which condition', async () => {
      const progress = runningProgress('e0');
      const [stage] = progress.stages;
      const notBegun: ExecutionStage = { ...stage, status: 'NotStarted', phase: 'queued', steps: [] };
      const harnessCd = history(1);
      harnessCd.progress = {
        ...progress,
        stages: [
          stage,
          { ...notBegun, identifier: 'verify', name: 'Verify' },
          { ...notBegun, identifier: 'prod', name: 'To prod', condition: '<+pipeline.variables.prod> == "yes"' },
        ],
      };
      renderTab(harnessCd, '/?execution=e0');
      const dialog = within(await screen.findByRole('dialog'));
      expect(await dialog.findByText('Still to come: Verify')).toBeInTheDocument();
      expect(dialog.getByText('Still to come: To prod, if <+pipeline.variables.prod> == "yes"')).toBeInTheDocument();
      expect(dialog.queryByText('Not started')).not.toBeInTheDocument();
    });

    it('know the time of the run from the row, and say what has to happen', async () => {
      const harnessCd = history(0);
      const now = Date.now();
      harnessCd.deployments = [
        deployment({
          executionId: 'e',
          status: 'ApprovalWaiting',
          phase: 'waiting',
          waitingFor: 'approval',
          startedAt: now - 60_000,
          runCreatedAt: now - 7_200_000,
          runStartedAt: now - 3_600_000,
        }),
      ];
      harnessCd.failExecutionWith = refusal(503, 'RATE_LIMITED');
      renderTab(harnessCd, '/?execution=e');
      const dialog = within(await screen.findByRole('dialog'));
      expect((await dialog.findByText('The whole run')).parentElement).toHaveTextContent(/for 1h$/);
      expect(dialog.getByText(/has to approve it/)).toBeInTheDocument();
    });

    it('have one line for a row that speaks for the whole run', async () => {
      const harnessCd = history(0);
      const wholeRun = { stage: '', environment: undefined, environmentName: undefined, wholeRun: true } as const;
      const failed = { status: 'Failed', phase: 'failed', failure: 'The build broke.' } as const;
      harnessCd.deployments = [
        deployment({
          executionId: 'e',
          ...wholeRun,
          ...failed,
          pipelineName: 'payment-service-cd',
          imageTag: undefined,
          runNumber: 7,
        }),
      ];
      harnessCd.progress = { ...runningProgress('e'), ...failed, stages: [] };
      renderTab(harnessCd, '/?execution=e');
      const dialog = within(await screen.findByRole('dialog', { name: '#7 to payment-service-cd' }));
      expect(await dialog.findByText('The whole run')).toBeInTheDocument();
      expect(dialog.getByText('deployed nothing')).toBeInTheDocument();
      expect(dialog.queryByText('This deployment')).not.toBeInTheDocument();
    });
  });
});
