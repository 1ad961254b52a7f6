import type { Server } from 'node:http';
import { type BackendFeature, coreServices, createServiceFactory } from '@backstage/backend-plugin-api';
import { mockServices, startTestBackend, TestDatabases } from '@backstage/backend-test-utils';
import type { Entity } from '@backstage/catalog-model';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import type { JsonObject } from '@backstage/types';
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

/** A database for each plugin. */
const database = createServiceFactory({
  service: coreServices.database,
  deps: {},
  factory: async () => mockServices.database({ knex: await databases.init('SQLITE_3') }),
});

/** A backend with the plugin, against a simulated Harness and a catalog of these entities. */
export async function startBackend(options: {
  simulator: Simulator;
  entities: Entity[];
  features?: BackendFeature[];
}): Promise<Server> {
  const { simulator, entities, features = [] } = options;
  return startBackendOf({ simulator, features: [catalogServiceMock.factory({ entities }), ...features] });
}

/** A backend with the plugin and these features, against a simulated Harness. */
export async function startBackendOf(options: {
  simulator: Simulator;
  features: BackendFeature[];
  config?: JsonObject;
}): Promise<Server> {
  const { simulator, features, config } = options;
  const rootConfig = mockServices.rootConfig.factory({ data: { ...config, ...simulator.config } });
  const { server } = await simulator.startBackend(() =>
    startTestBackend({ features: [harnessCdPlugin, database, rootConfig, ...features] }),
  );
  return server;
}
