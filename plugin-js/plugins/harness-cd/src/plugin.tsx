import { ApiBlueprint, createFrontendPlugin, discoveryApiRef, fetchApiRef } from '@backstage/frontend-plugin-api';
import { EntityCardBlueprint, EntityContentBlueprint } from '@backstage/plugin-catalog-react/alpha';
import { HarnessCdClient } from 'backstage-plugin-harness-cd-common';
import { QueryClient } from '@tanstack/react-query';
import { deploymentsRouteRef } from './routes';
import { hasHarnessAnnotation } from './shared/annotations';
import { harnessCdApiRef, queryClientApiRef } from './shared/api';

const harnessCdApi = ApiBlueprint.make({
  params: defineParams =>
    defineParams({
      api: harnessCdApiRef,
      deps: { discoveryApi: discoveryApiRef, fetchApi: fetchApiRef },
      factory: deps => new HarnessCdClient(deps),
    }),
});

// One cache for card, tab and dialog: a run started in one is seen in the others at once.
const queryClientApi = ApiBlueprint.make({
  name: 'query-client',
  params: defineParams =>
    defineParams({
      api: queryClientApiRef,
      deps: {},
      factory: () => new QueryClient(),
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

const deploymentsTab = EntityContentBlueprint.make({
  name: 'deployments',
  params: {
    path: '/deployments',
    title: 'Deployments',
    filter: hasHarnessAnnotation,
    routeRef: deploymentsRouteRef,
    loader: () => import('./history/DeploymentsTab').then(m => <m.DeploymentsTab />),
  },
});

/**
 * The Harness CD plugin: an entity card, an entity tab and the deploy dialog.
 *
 * @public
 */
export const harnessCdPlugin = createFrontendPlugin({
  pluginId: 'harness-cd',
  title: 'Harness CD',
  info: { packageJson: () => import('../package.json') },
  routes: { deployments: deploymentsRouteRef },
  extensions: [harnessCdApi, queryClientApi, deploymentsCard, deploymentsTab],
});
