import { screen } from '@testing-library/react';
import { mockApis, renderTestApp } from '@backstage/frontend-test-utils';
import { EntityCardBlueprint } from '@backstage/plugin-catalog-react/alpha';
import { createTestEntityPage } from '@backstage/plugin-catalog-react/testUtils';
import { permissionApiRef } from '@backstage/plugin-permission-react';
import { deployment, InMemoryHarnessCd } from './__testUtils__/InMemoryHarnessCd';
import { paymentService } from './__testUtils__/paymentService';
import harnessCdPlugin, { harnessCdApiRef, useDeployments } from '.';

/** A widget of somebody else. */
function LastTag() {
  return <output>Last tag: {useDeployments().data?.deployments[0].imageTag}</output>;
}

const lastTagCard = EntityCardBlueprint.make({ name: 'last-tag', params: { loader: async () => <LastTag /> } });

afterEach(() => jest.restoreAllMocks());

it('asks once for card, tab and the widgets of others', async () => {
  // No answer ages, however long the page takes.
  jest.spyOn(Date, 'now').mockReturnValue(Date.now());
  const harnessCd = new InMemoryHarnessCd();
  harnessCd.deployments = [deployment({ executionId: 'last' })];
  renderTestApp({
    extensions: [createTestEntityPage({ entity: paymentService }), lastTagCard],
    features: [harnessCdPlugin],
    apis: [
      [harnessCdApiRef, harnessCd],
      [permissionApiRef, mockApis.permission()],
    ],
  });
  expect(await screen.findByText('Last tag: v2.3.0')).toBeInTheDocument();
  expect(await screen.findByRole('link', { name: 'v2.3.0 · int-stable/euw1' })).toBeInTheDocument();
  expect(await screen.findByRole('grid')).toBeInTheDocument();
  expect(harnessCd.queries).toHaveLength(1);
});
