import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useLocation } from 'react-router-dom';
import type { Entity } from '@backstage/catalog-model';
import { choose } from '../__testUtils__/deployDialog';
import { deployment, InMemoryHarnessCd } from '../__testUtils__/InMemoryHarnessCd';
import { paymentService } from '../__testUtils__/paymentService';
import { renderOnEntityPage } from '../__testUtils__/renderOnEntityPage';
import { DeploymentsCard } from './DeploymentsCard';
import { DeploymentsTab } from './DeploymentsTab';

function Address() {
  return <output aria-label="address">{useLocation().search}</output>;
}

/** An entity with a pipeline for each of these, whose last run has the tag that is given. */
function several(tags: Record<string, string>): InMemoryHarnessCd {
  const harnessCd = new InMemoryHarnessCd();
  harnessCd.pipelines = Object.entries(tags).map(([label, imageTag], index) => {
    const own = new InMemoryHarnessCd();
    own.deployments = [deployment({ executionId: `of-${label}`, imageTag, startedAt: Date.now() - index * 60_000 })];
    return { label, harnessCd: own };
  });
  // What is asked without a label is the first one's.
  harnessCd.deployments = harnessCd.pipelines[0].harnessCd.deployments;
  return harnessCd;
}

const severalNamed: Entity = {
  ...paymentService,
  metadata: {
    ...paymentService.metadata,
    annotations: { 'harness.io/pipelines': Object.values(paymentService.metadata.annotations).join('\n') },
  },
};

const render = (element: JSX.Element, harnessCd: InMemoryHarnessCd, path = '/') =>
  renderOnEntityPage(
    <>
      {element}
      <Address />
    </>,
    harnessCd,
    { path, entity: severalNamed },
  );

describe('several pipelines', () => {
  const all = () => several({ dev: 'v3', stage: 'v2', prod: 'v1' });

  it('are all in the card, newest first, each row with its label and the way to it', async () => {
    render(<DeploymentsCard />, all());
    const rows = await waitFor(() => {
      const found = screen.getAllByRole('listitem');
      expect(found).toHaveLength(3);
      return found;
    });
    expect(rows.map(row => within(row).getByText(/^(dev|stage|prod)$/).textContent)).toEqual(['dev', 'stage', 'prod']);
    expect(within(rows[2]).getByRole('link', { name: 'v1 · int-stable/euw1' })).toHaveAttribute(
      'href',
      '/deployments?pipeline=prod&execution=of-prod',
    );
    expect(screen.queryByRole('button', { name: 'Deploy' })).not.toBeInTheDocument();
  });

  it('do not hide behind one that cannot be read', async () => {
    const harnessCd = all();
    const failure = { code: 'UNAUTHORIZED', message: 'No.', hint: 'Ask them.', since: Date.now() } as const;
    Object.assign(harnessCd.pipelines[1].harnessCd, { deployments: [], failure });
    const error = {
      statusCode: 400,
      body: { error: { code: 'WRONG_SCOPE', message: 'Not configured.', hint: 'Allow it.' } },
    };
    harnessCd.pipelines[2].harnessCd.failWith = Object.assign(new Error('No.'), error);
    render(<DeploymentsCard />, harnessCd);
    expect(await screen.findByText('v3 · int-stable/euw1')).toBeInTheDocument();
    expect(await screen.findByText('Harness refuses the API key of this portal')).toBeInTheDocument();
    expect(await screen.findByText(/Not configured\./)).toBeInTheDocument();
  });

  it('are chosen by their labels in the card, whose button deploys the chosen one', async () => {
    render(<DeploymentsCard />, all());
    await screen.findByText('v3 · int-stable/euw1');
    await choose(/Pipeline/, /prod/);
    await waitFor(() => expect(screen.getAllByRole('listitem')).toHaveLength(1));
    expect(screen.getByText('v1 · int-stable/euw1')).toBeInTheDocument();
    expect(screen.getByLabelText('address')).toHaveTextContent('?pipeline=prod');
    expect(screen.getByRole('button', { name: 'Deploy' })).toBeInTheDocument();
    expect(screen.getByRole('link', { name: /All deployments/ })).toHaveAttribute('href', '/deployments?pipeline=prod');
  });

  it('are chosen by their labels in the tab, which opens with the first and forgets what was filtered', async () => {
    render(<DeploymentsTab />, all(), '/?status=succeeded&other=1');
    expect(await screen.findByText('v3')).toBeInTheDocument();
    await choose(/Pipeline/, /stage/);
    expect(await screen.findByText('v2')).toBeInTheDocument();
    expect(screen.queryByText('v3')).not.toBeInTheDocument();
    expect(screen.getByLabelText('address')).toHaveTextContent(/^\?other=1&pipeline=stage$/);
  });

  it('are what the address names', async () => {
    render(<DeploymentsTab />, all(), '/?pipeline=prod');
    expect(await screen.findByText('v1')).toBeInTheDocument();
    expect(await screen.findByRole('button', { name: /Pipeline/ })).toHaveTextContent('prod');
  });

  it('are named where the address names none of them', async () => {
    render(<DeploymentsTab />, all(), '/?pipeline=pord');
    expect(await screen.findByText('This component has no pipeline called “pord”')).toBeInTheDocument();
    expect(screen.queryByRole('button', { name: 'Deploy' })).not.toBeInTheDocument();
    await userEvent.setup().click(screen.getByRole('button', { name: 'prod' }));
    expect(await screen.findByText('v1')).toBeInTheDocument();
    expect(screen.getByLabelText('address')).toHaveTextContent('?pipeline=prod');
  });

  it('are no choice where there is one', async () => {
    render(<DeploymentsTab />, several({ only: 'v1' }));
    expect(await screen.findByText('v1')).toBeInTheDocument();
    expect(screen.queryByRole('button', { name: /Pipeline/ })).not.toBeInTheDocument();
  });

  it('have a note beside them on what of the annotations cannot be used', async () => {
    const harnessCd = all();
    harnessCd.problems = ['The annotation harness.io/pipelines-qa: there is no address here'];
    render(<DeploymentsTab />, harnessCd);
    expect(await screen.findByText(/pipelines-qa: there is no address/)).toBeInTheDocument();
  });
});

describe('an entity that names no pipeline', () => {
  const entity = { ...paymentService, metadata: { name: 'payment-service' } };

  it('is offered those that name it, each with the annotation to copy', async () => {
    const user = userEvent.setup();
    const written = jest.spyOn(navigator.clipboard, 'writeText');
    const harnessCd = new InMemoryHarnessCd();
    const scope = { account: 'a', org: 'default', project: 'shops' };
    harnessCd.offers = [{ name: 'payment-service-cd', scope, url: 'https://app.harness.io/of-the-offer' }];
    renderOnEntityPage(<DeploymentsTab />, harnessCd, { entity });
    expect(await screen.findByText('payment-service-cd in default/shops of the account a')).toBeInTheDocument();
    const [copy] = screen.getAllByRole('button', { name: 'Copy annotation' });
    await user.click(copy);
    expect(written).toHaveBeenCalledWith(
      'metadata:\n  annotations:\n    harness.io/pipeline-url: https://app.harness.io/of-the-offer',
    );
  });

  it('is told how to name one where none is offered', async () => {
    renderOnEntityPage(<DeploymentsTab />, new InMemoryHarnessCd(), { entity });
    expect(await screen.findByRole('button', { name: 'Copy annotation' })).toBeInTheDocument();
    expect(screen.queryByText(/by their tag/)).not.toBeInTheDocument();
  });
});
