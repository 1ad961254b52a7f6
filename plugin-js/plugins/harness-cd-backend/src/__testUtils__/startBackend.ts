import type { Server } from 'node:http';
import type { BackendFeature } from '@backstage/backend-plugin-api';
import { mockServices, startTestBackend, TestDatabases } from '@backstage/backend-test-utils';
import type { Entity } from '@backstage/catalog-model';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import type { Simulator } from 'harness-cd-test-utils';
import { harnessCdPlugin } from '../plugin';

// A backend that stops leaves its SQLite open, and jest would have to kill the worker; this one is closed at the end.
const databases = TestDatabases.create({ ids: ['SQLITE_3'] });

/** Where the plugin answers about a component. */
export const path = (name: string, rest: string) => `/api/harness-cd/v1/entities/component/default/${name}/${rest}`;

/** A component of the catalog. */
export function component(name: string, annotations: Record<string, string>): Entity {
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: { namespace: 'default', name, annotations },
    spec: { type: 'service', lifecycle: 'production', owner: 'payments-team' },
  };
}

/** A backend with the plugin, against a simulated Harness. */
export async function startBackend(options: {
  simulator: Simulator;
  entities: Entity[];
  features?: BackendFeature[];
}): Promise<Server> {
  const { simulator, entities, features = [] } = options;
  const knex = await databases.init('SQLITE_3');
  const { server } = await simulator.afterTrial(() =>
    startTestBackend({
      features: [
        harnessCdPlugin,
        catalogServiceMock.factory({ entities }),
        mockServices.database.factory({ knex }),
        mockServices.rootConfig.factory({ data: simulator.config }),
        ...features,
      ],
    }),
  );
  return server;
}
