import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { mockApis, renderInTestApp } from '@backstage/frontend-test-utils';
import { catalogApiRef, entityRouteRef } from '@backstage/plugin-catalog-react';
import { catalogApiMock } from '@backstage/plugin-catalog-react/testUtils';
import { storageApiRef, type StorageApi } from '@backstage/frontend-plugin-api';
import { signalApiRef } from '@backstage/plugin-signals-react';
import {
  type FleetDeployment,
  type FleetDeploymentsQuery,
  type FleetPart,
  type FleetService,
  HEARTBEAT_CHANNEL,
  type MatrixCell,
} from 'backstage-plugin-harness-cd-common';
import { deployment, InMemoryHarnessCd } from '../__testUtils__/InMemoryHarnessCd';
import { harnessCdApiRef, harnessCdQueryClientApiRef } from '../shared/api';
import { InMemorySignals } from '../__testUtils__/InMemorySignals';
import { secondsOf } from '../__testUtils__/secondsOf';
import { createQueryClient } from '../shared/queryClient';
import { FleetPage } from './FleetPage';

const SCOPE = { account: 'a', org: 'default', project: 'platform' };

function row(name: string, about: Parameters<typeof deployment>[0]): FleetDeployment {
  return { entityRef: `component:default/${name}`, pipeline: 'cd', deployment: deployment(about) };
}

/** A fleet that answers as it is told to, and remembers what it was asked. */
class InMemoryFleet extends InMemoryHarnessCd {
  rows: FleetDeployment[] = [];
  services: FleetService[] = [];
  counts = { running: 0, waiting: 0, failed: 0 };
  projects: Awaited<ReturnType<InMemoryHarnessCd['getFleetMatrix']>>['projects'] = [{ scope: SCOPE }];
  failFleetWith: Error | undefined;
  readonly fleetQueries: FleetDeploymentsQuery[] = [];
  readonly parts: FleetPart[] = [];

  async getFleetDeployments(query: FleetDeploymentsQuery = {}) {
    this.fleetQueries.push(query);
    if (this.failFleetWith) throw this.failFleetWith;
    const { rows: deployments, counts, projects } = this;
    return { deployments, counts, projects, failures: [] };
  }

  async getFleetMatrix(part: FleetPart = {}) {
    this.parts.push(part);
    if (this.failFleetWith) throw this.failFleetWith;
    return { services: this.services, projects: this.projects, failures: [] };
  }
}

function service(name: string, environment: string, regions: MatrixCell[]): FleetService {
  const environments = [{ environment, environmentName: environment, regionsDiffer: false, regions }];
  return { entityRef: `component:default/${name}`, pipeline: 'cd', matrix: { service: name, environments } };
}

async function render(
  fleet: InMemoryFleet,
  path = '/',
  storage: StorageApi = mockApis.storage(),
  signals = new InMemorySignals(),
) {
  const system = {
    apiVersion: 'v1',
    kind: 'System',
    metadata: { name: 'shop', namespace: 'default', title: 'The shop' },
  };
  return renderInTestApp(<FleetPage />, {
    initialRouteEntries: [path],
    mountedRoutes: { '/catalog/:namespace/:kind/:name': entityRouteRef },
    apis: [
      [harnessCdApiRef, fleet],
      [harnessCdQueryClientApiRef, createQueryClient({ defaultOptions: { queries: { retryDelay: 1 } } })],
      [catalogApiRef, catalogApiMock({ entities: [system] })],
      [storageApiRef, storage],
      [signalApiRef, signals],
    ],
  });
}

describe('FleetPage', () => {
  afterEach(() => {
    jest.useRealTimers();
  });

  it('lists what ran today of every service, and leads to the run', async () => {
    const fleet = new InMemoryFleet();
    fleet.rows = [
      row('payment', { executionId: 'r1', status: 'Failed', phase: 'failed', failure: 'no steady state' }),
      row('search', { executionId: 'r2' }),
    ];
    fleet.counts = { running: 3, waiting: 1, failed: 2 };
    await render(fleet);
    const list = await screen.findByRole('list', { name: 'Deployments of all services, newest first' });
    expect(list).toHaveTextContent(/Failed.*payment.*v2\.3\.0 · int-stable\/euw1.*no steady state.*search/);
    expect(within(list).getAllByRole('link', { name: /v2\.3\.0/ })[0]).toHaveAttribute(
      'href',
      '/catalog/default/component/payment/deployments?pipeline=cd&execution=r1',
    );
    for (const name of ['All', 'Running (3)', 'Waiting (1)', 'Failed (2)']) {
      expect(screen.getByRole('radio', { name })).toBeVisible();
    }
    expect(fleet.fleetQueries[0].fromMs).toBe(new Date().setHours(0, 0, 0, 0));
    expect(fleet.fleetQueries[0].status).toBeUndefined();
  });

  it('is filtered by the address, and writes what is chosen there', async () => {
    const fleet = new InMemoryFleet();
    await render(fleet, '/?shown=waiting&period=ever&system=system:default/shop&environment=prod');
    expect(await screen.findByText('No deployment matches these filters.')).toBeVisible();
    expect(fleet.fleetQueries[0]).toMatchObject({
      status: ['waiting'],
      system: 'system:default/shop',
      environment: 'prod',
    });
    expect(fleet.fleetQueries[0].fromMs).toBeUndefined();
    expect(fleet.parts[0]).toEqual({ system: 'system:default/shop' });
    expect(await screen.findByRole('button', { name: /The shop/ })).toBeVisible();

    await userEvent.click(screen.getByRole('radio', { name: 'Failed (0)' }));
    await waitFor(() => expect(fleet.fleetQueries.at(-1)).toMatchObject({ status: ['failed'], environment: 'prod' }));
    await userEvent.click(screen.getByRole('button', { name: 'Clear filters' }));
    await waitFor(() => expect(fleet.fleetQueries.at(-1)?.environment).toBeUndefined());
    expect(fleet.fleetQueries.at(-1)?.status).toEqual(['failed']);
    expect(await screen.findByText('Nothing of what you may see was deployed in this time.')).toBeVisible();
  });

  it('asks what runs where again and again where it is shown, and once for what the list is filtered by', async () => {
    jest.useFakeTimers({ advanceTimers: true });
    const fleet = new InMemoryFleet();
    fleet.services = [service('payment', 'prod', [{ region: 'euw1' }])];
    await render(fleet);
    expect(await screen.findByRole('button', { name: /Region/ })).toBeVisible();
    expect(await secondsOf(() => fleet.parts.length, 61)).toEqual([]);
    await userEvent.click(screen.getByRole('radio', { name: 'What runs where' }));
    expect(await screen.findByRole('row', { name: /payment/ })).toBeVisible();
    expect((await secondsOf(() => fleet.parts.length, 61)).length).toBe(2);
  });

  it.each([
    ['its list', '/', 'fleetQueries'],
    ['its matrix', '/?view=matrix', 'parts'],
  ] as const)(
    'asks for %s when something has changed, and for nothing in five minutes otherwise',
    async (_, at, asked) => {
      jest.useFakeTimers({ advanceTimers: true });
      const fleet = new InMemoryFleet();
      const signals = new InMemorySignals();
      await render(fleet, at, mockApis.storage(), signals);
      await waitFor(() => expect(fleet[asked]).not.toHaveLength(0));
      const heard = () => signals.send(HEARTBEAT_CHANNEL);
      heard();
      const reads = () => fleet.fleetQueries.length + fleet.parts.length;
      await secondsOf(reads, 2);
      expect(
        await secondsOf(reads, 300, second => {
          if (second % 20 === 0) heard();
        }),
      ).toEqual([]);
      const before = fleet[asked].length;
      signals.send((await fleet.getFleetChannels()).channels[0]);
      await secondsOf(reads, 2);
      expect(fleet[asked]).toHaveLength(before + 1);
    },
  );

  it('tells what runs where: each version once, and beside it what is on its way', async () => {
    const fleet = new InMemoryFleet();
    const well = { id: 'r1', executionId: 'r1', status: 'Success', phase: 'succeeded', at: Date.now() } as const;
    const running = { ...well, version: 'v1' };
    const inFlight = [{ ...well, id: 'r2', version: 'v2', status: 'Running', phase: 'active' } as const];
    fleet.services = [
      service('payment', 'prod', [
        { region: 'euw1', running },
        { region: 'euw2', running, inFlight },
      ]),
      service('search', 'int', [{ region: 'euw1', running: { ...running, version: 'v7' } }]),
    ];
    await render(fleet, '/?view=matrix');
    const rows = await screen.findAllByRole('row');
    expect(rows[0]).toHaveTextContent('Serviceprodint');
    expect(rows[1]).toHaveTextContent(/payment.*v1 euw1, euw2.*Running v2/);
    expect(rows[2]).toHaveTextContent(/search–v7 euw1/);
  });

  it('names the project that lags behind', async () => {
    const fleet = new InMemoryFleet();
    const failure = { code: 'UNAVAILABLE', message: 'down', hint: '', since: Date.UTC(2026, 7, 1, 12) } as const;
    fleet.projects = [{ scope: SCOPE, asOf: Date.UTC(2026, 6, 1, 12), failure }];
    await render(fleet);
    expect(
      await screen.findByText(/^default\/platform: As of Jul 1, 2026.*Harness cannot be reached, since Aug 1, 2026/),
    ).toBeVisible();
  });

  it.each([
    [403, 'You may not see these deployments'],
    [500, 'The deployments could not be loaded'],
  ])('says why there is nothing after a %s', async (statusCode, words) => {
    const fleet = new InMemoryFleet();
    fleet.failFleetWith = Object.assign(new Error('no'), { statusCode });
    await render(fleet);
    expect(await screen.findByText(words)).toBeVisible();
  });

  it('keeps views under their names', async () => {
    const fleet = new InMemoryFleet();
    const storage = mockApis.storage();
    await render(fleet, '/?shown=failed', storage);
    await userEvent.click(await screen.findByRole('button', { name: 'Saved views' }));
    await userEvent.click(await screen.findByRole('menuitem', { name: 'Save this view …' }));
    await userEvent.type(await screen.findByRole('textbox', { name: /Name of the view/ }), 'Broken today');
    await userEvent.click(screen.getByRole('button', { name: 'Save' }));
    expect(await screen.findByRole('button', { name: 'Broken today' })).toBeVisible();
    expect(storage.forBucket('harness-cd').snapshot('fleet-views').value).toEqual([
      { name: 'Broken today', search: 'shown=failed' },
    ]);

    await userEvent.click(screen.getByRole('radio', { name: 'All' }));
    await userEvent.click(await screen.findByRole('button', { name: 'Saved views' }));
    await userEvent.click(await screen.findByRole('menuitem', { name: 'Broken today' }));
    expect(await screen.findByRole('radio', { name: 'Failed (0)' })).toBeChecked();
    await userEvent.click(screen.getByRole('button', { name: 'Broken today' }));
    await userEvent.click(await screen.findByRole('menuitem', { name: 'Remove “Broken today”' }));
    expect(await screen.findByRole('button', { name: 'Saved views' })).toBeVisible();
  });
});
