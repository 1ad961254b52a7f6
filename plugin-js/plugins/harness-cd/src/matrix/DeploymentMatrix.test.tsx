import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { DeploymentBrief, EnvironmentCells, MatrixCell } from 'backstage-plugin-harness-cd-common';
import { InMemoryHarnessCd } from '../__testUtils__/InMemoryHarnessCd';
import { renderOnEntityPage } from '../__testUtils__/renderOnEntityPage';
import { DeploymentMatrix } from './DeploymentMatrix';

const MINUTE_MS = 60_000;

function brief(version: string, about: Partial<DeploymentBrief> = {}): DeploymentBrief {
  const id = `run-of-${version}`;
  const at = Date.now() - 5 * MINUTE_MS;
  return { id, executionId: id, version, status: 'Success', phase: 'succeeded', at, by: 'ana', ...about };
}

function environment(name: string, regions: MatrixCell[], about: Partial<EnvironmentCells> = {}): EnvironmentCells {
  return { environment: name.replace('-', '_'), environmentName: name, regionsDiffer: false, regions, ...about };
}

function runsWhere(environments: EnvironmentCells[]): InMemoryHarnessCd {
  const harnessCd = new InMemoryHarnessCd();
  const service = { service: 'payment_service', serviceName: 'payment-service', environments };
  harnessCd.matrix = { asOf: Date.now(), services: [service], unplaced: 0 };
  return harnessCd;
}

const FAILED = brief('v2.5.0', { status: 'Failed', phase: 'failed' });

describe('DeploymentMatrix', () => {
  it('shows what runs at each place, how old it is and whose', async () => {
    const harnessCd = runsWhere([
      environment('int-stable', [
        { region: 'euw1', running: brief('v2.4.0') },
        { region: 'euw2', running: brief('v2.3.0', { by: 'user:default/ben' }) },
      ]),
      environment('prod', [{ region: 'euw1', running: brief('v2.2.0') }], { environmentType: 'Production' }),
    ]);
    await renderOnEntityPage(<DeploymentMatrix hrefOf={id => `/runs/${id}`} />, harnessCd);

    const table = await screen.findByRole('table', { name: 'What of payment-service runs where' });
    const columns = within(table).getAllByRole('columnheader');
    expect(columns.map(column => column.textContent)).toEqual(['Environment', 'euw1', 'euw2']);
    const [, first, second] = within(table).getAllByRole('row');
    expect(within(first).getByRole('rowheader')).toHaveTextContent('int-stable');
    const [euw1, euw2] = within(first).getAllByRole('cell');
    expect(euw1).toHaveTextContent('v2.4.0');
    expect(euw1).toHaveTextContent('5 minutes ago · ana');
    expect(within(euw1).getByRole('link', { name: 'v2.4.0' })).toHaveAttribute('href', '/runs/run-of-v2.4.0');
    expect(within(euw2).getByRole('link', { name: /ben/ })).toBeVisible();
    expect(within(second).getByRole('rowheader')).toHaveTextContent('production');
    expect(within(second).getAllByRole('cell')[1]).toHaveTextContent('–');
  });

  it('tells the clusters of one region apart, and names what has no region', async () => {
    const harnessCd = runsWhere([
      environment('prod', [
        { region: 'euw1', infrastructure: 'prod_euw1_k8s', running: brief('v2.4.0') },
        { region: 'euw1', infrastructure: 'prod_euw1_b', running: brief('v2.3.0') },
        { infrastructure: 'payments', running: brief('v1.0.0') },
      ]),
    ]);
    await renderOnEntityPage(<DeploymentMatrix />, harnessCd);
    const columns = await screen.findAllByRole('columnheader');
    expect(columns.map(column => column.textContent)).toEqual(['Environment', 'euw1', 'Region not known']);
    const [euw1, others] = screen.getAllByRole('cell');
    expect(euw1).toHaveTextContent(/prod_euw1_k8s.*v2\.4\.0.*prod_euw1_b.*v2\.3\.0/);
    expect(others).toHaveTextContent(/payments.*v1\.0\.0/);
  });

  it('hides what runs behind nothing: what is on its way, failed or was taken back stands beside it', async () => {
    const running = brief('v2.6.0', { status: 'ApprovalWaiting', phase: 'waiting' });
    const cell: MatrixCell = {
      region: 'euw1',
      running: brief('v2.4.0'),
      inFlight: [running],
      failed: FAILED,
      failedAttempts: 3,
      takenBack: brief('v2.4.9'),
      drift: { environment: 'int_stable', version: 'v2.6.0', kind: 'behind', versions: 2 },
      behindNewestRegion: 1,
    };
    const harnessCd = runsWhere([environment('int-stable', []), environment('prod', [cell])]);
    await renderOnEntityPage(<DeploymentMatrix />, harnessCd);
    const [place] = (await screen.findAllByRole('cell')).slice(-1);
    for (const words of [
      /v2\.4\.0/,
      /Waiting for approval.*v2\.6\.0/,
      /Failed.*v2\.5\.0.*3 attempts failed since/,
      /v2\.4\.9.*taken back/,
      /2 versions behind int-stable/,
      /1 version behind its newest region/,
    ]) {
      expect(place).toHaveTextContent(words);
    }
  });

  it('says where nothing runs, though something was tried', async () => {
    const harnessCd = runsWhere([environment('prod', [{ region: 'euw1', failed: FAILED }])]);
    await renderOnEntityPage(<DeploymentMatrix compact />, harnessCd);
    const [place] = await screen.findAllByRole('cell');
    expect(place).toHaveTextContent(/Nothing runs here.*Failed.*v2\.5\.0/);
  });

  it('says of when it is while Harness cannot be asked', async () => {
    const harnessCd = runsWhere([environment('prod', [{ running: brief('v2.4.0') }])]);
    harnessCd.asOf = Date.UTC(2026, 10, 20, 14, 2);
    harnessCd.knownFrom = Date.UTC(2026, 8, 1, 12);
    harnessCd.failure = { code: 'UNAVAILABLE', message: 'down', hint: 'wait', since: Date.UTC(2026, 10, 20, 14, 5) };
    await renderOnEntityPage(<DeploymentMatrix />, harnessCd);
    expect(
      await screen.findByText(
        /^As of Nov 20, 2026.*; Harness cannot be reached, since Nov 20, 2026.*The record begins at Sep 1, 2026/,
      ),
    ).toBeVisible();
    expect(screen.getByRole('columnheader', { name: 'Region not known' })).toBeInTheDocument();
  });

  it('can be asked for again where it could not be loaded', async () => {
    const harnessCd = runsWhere([environment('prod', [{ region: 'euw1', running: brief('v2.4.0') }])]);
    harnessCd.failMatrixWith = Object.assign(new Error('no'), { statusCode: 400 });
    await renderOnEntityPage(<DeploymentMatrix />, harnessCd);
    expect(await screen.findByText('What runs where could not be loaded.')).toBeVisible();
    harnessCd.failMatrixWith = undefined;
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByText('v2.4.0')).toBeVisible();
  });

  it('takes no room where nothing was ever deployed', async () => {
    const harnessCd = new InMemoryHarnessCd();
    await renderOnEntityPage(<DeploymentMatrix />, harnessCd);
    await screen.findByText((_, element) => element?.tagName === 'BODY' && harnessCd.matrixReads === 1);
    expect(screen.queryByRole('table')).not.toBeInTheDocument();
    expect(screen.queryByText('What runs where could not be loaded.')).not.toBeInTheDocument();
  });
});
