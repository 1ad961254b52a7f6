import { RiRocketLine } from '@remixicon/react';
import {
  ApiBlueprint,
  createFrontendPlugin,
  discoveryApiRef,
  fetchApiRef,
  PageBlueprint,
} from '@backstage/frontend-plugin-api';
import { EntityCardBlueprint, EntityContentBlueprint } from '@backstage/plugin-catalog-react/alpha';
import { FormFieldBlueprint } from '@backstage/plugin-scaffolder-react/alpha';
import { HarnessCdClient } from 'backstage-plugin-harness-cd-common';
import { deploymentsRouteRef, fleetRouteRef, TAB_PATH } from './routes';
import { hasHarnessAnnotation, mayHaveDeployments } from './shared/annotations';
import { harnessCdApiRef, harnessCdQueryClientApiRef } from './shared/api';
import { createQueryClient } from './shared/queryClient';

const harnessCdApi = ApiBlueprint.make({
  params: defineParams =>
    defineParams({
      api: harnessCdApiRef,
      deps: { discoveryApi: discoveryApiRef, fetchApi: fetchApiRef },
      factory: deps => new HarnessCdClient(deps),
    }),
});

const queryClientApi = ApiBlueprint.make({
  name: 'query-client',
  params: defineParams =>
    defineParams({
      api: harnessCdQueryClientApiRef,
      deps: {},
      factory: createQueryClient,
    }),
});

const deploymentsCard = EntityCardBlueprint.make({
  name: 'deployments',
  params: {
    type: 'content',
    filter: hasHarnessAnnotation,
    loader: () => import('./history/DeploymentsCard').then(m => <m.DeploymentsCard />),
  },
});

const fleetPage = PageBlueprint.make({
  params: {
    path: '/deployments',
    title: 'Deployments',
    icon: <RiRocketLine />,
    routeRef: fleetRouteRef,
    loader: () => import('./fleet/FleetPage').then(m => <m.FleetPage />),
  },
});

const deploymentsTab = EntityContentBlueprint.make({
  name: 'deployments',
  params: {
    path: TAB_PATH,
    title: 'Deployments',
    filter: mayHaveDeployments,
    routeRef: deploymentsRouteRef,
    loader: () => import('./history/DeploymentsTab').then(m => <m.DeploymentsTab />),
  },
});

const inputsFormField = FormFieldBlueprint.make({
  name: 'inputs',
  params: { field: () => import('./scaffolder/formField').then(m => m.harnessCdInputsField) },
});

/**
 * The Harness CD plugin: an entity card, an entity tab, the deploy dialog, a page of all services, and a field of software templates.
 *
 * @public
 */
export const harnessCdPlugin = createFrontendPlugin({
  pluginId: 'harness-cd',
  title: 'Harness CD',
  info: { packageJson: () => import('../package.json') },
  routes: { deployments: deploymentsRouteRef, fleet: fleetRouteRef },
  extensions: [harnessCdApi, queryClientApi, deploymentsCard, deploymentsTab, fleetPage, inputsFormField],
});
