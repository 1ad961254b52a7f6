import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import { type BackendFeature, coreServices, createServiceFactory } from '@backstage/backend-plugin-api';
import { mockServices, startTestBackend, TestDatabases } from '@backstage/backend-test-utils';
import type { Entity } from '@backstage/catalog-model';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import type { JsonObject } from '@backstage/types';
import type { Simulator } from 'harness-cd-test-utils';
import type { Knex } from 'knex';
import request, { type Test } from 'supertest';
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

/** A database of its own. */
export async function createDatabase(): Promise<Knex> {
  return databases.init('SQLITE_3');
}

/** Sends a deploy request; under a key that no other has, where none is given. */
export function deploy(server: Server, name: string, body: object, key: string = randomUUID()): Test {
  return request(server).post(path(name, 'deployments')).set('Idempotency-Key', key).send(body);
}

/** The database of the plugin. */
function databaseFactory(knex: Knex | undefined) {
  return createServiceFactory({
    service: coreServices.database,
    deps: {},
    factory: async () => mockServices.database({ knex: knex ?? (await createDatabase()) }),
  });
}

/** A backend with the plugin, against a simulated Harness and a catalog of these entities. */
export async function startBackend(options: {
  simulator: Simulator;
  entities: Entity[];
  features?: BackendFeature[];
  config?: JsonObject;
  harnessCd?: JsonObject;
  knex?: Knex;
}): Promise<Server> {
  const { entities, features = [], ...others } = options;
  return startBackendOf({ features: [catalogServiceMock.factory({ entities }), ...features], ...others });
}

/** A backend with the plugin and these features, against a simulated Harness. */
export async function startBackendOf(options: {
  simulator: Simulator;
  features: BackendFeature[];
  /** `harnessCd` is added to what reaches the simulator. */
  config?: JsonObject;
  /** All that `harnessCd` says, where it is not to reach the usual project of the simulator. */
  harnessCd?: JsonObject;
  /** Where another backend has been before; an empty one where none is given. */
  knex?: Knex;
}): Promise<Server> {
  const { simulator, features, config, knex } = options;
  const harnessCd = options.harnessCd ?? Object.assign({}, simulator.config.harnessCd, config?.harnessCd);
  const rootConfig = mockServices.rootConfig.factory({ data: { ...config, harnessCd } });
  const { server } = await simulator.startBackend(() =>
    startTestBackend({ features: [harnessCdPlugin, databaseFactory(knex), rootConfig, ...features] }),
  );
  return server;
}
