import '@backstage/cli/asset-types';
// eslint-disable-next-line @backstage/no-ui-css-imports-in-non-frontend -- this page is an app of its own
import '@backstage/ui/css/styles.css';
import ReactDOM from 'react-dom/client';
import { InMemoryCatalogClient } from '@backstage/catalog-client/testUtils';
import { ConfigReader } from '@backstage/config';
import { createApp } from '@backstage/frontend-defaults';
import { ApiBlueprint, createFrontendModule } from '@backstage/frontend-plugin-api';
import catalogPlugin from '@backstage/plugin-catalog/alpha';
import { catalogApiRef } from '@backstage/plugin-catalog-react';
import harnessCdPlugin, { harnessCdApiRef } from '../src';
import { InMemoryHarnessCd } from '../src/__testUtils__/InMemoryHarnessCd';
import { deployments, entities } from './fixtures';

const config = new ConfigReader({
  app: {
    title: 'Harness CD',
    baseUrl: window.location.origin,
    extensions: [
      { 'sign-in-page:app': false },
      'entity-card:harness-cd/deployments',
      { 'page:catalog': { config: { path: '/' } } },
    ],
  },
  backend: { baseUrl: window.location.origin },
});

const harnessCd = Object.assign(new InMemoryHarnessCd(), { deployments: [...deployments] });

// The pages of an entity as in a portal, with nothing behind them but what is in `fixtures.ts`.
const app = createApp({
  advanced: { configLoader: async () => ({ config }) },
  features: [
    catalogPlugin,
    harnessCdPlugin,
    createFrontendModule({
      pluginId: 'catalog',
      extensions: [
        ApiBlueprint.make({
          params: defineParams =>
            defineParams({ api: catalogApiRef, deps: {}, factory: () => new InMemoryCatalogClient({ entities }) }),
        }),
      ],
    }),
    createFrontendModule({
      pluginId: 'harness-cd',
      extensions: [
        ApiBlueprint.make({
          params: defineParams => defineParams({ api: harnessCdApiRef, deps: {}, factory: () => harnessCd }),
        }),
      ],
    }),
  ],
});

ReactDOM.createRoot(document.getElementById('root')!).render(app.createRoot());
