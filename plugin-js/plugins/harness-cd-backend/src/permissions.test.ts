import type { Server } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { permissionsServiceFactory } from '@backstage/backend-defaults/permissions';
import {
  type AuthService,
  coreServices,
  createBackendModule,
  createServiceFactory,
} from '@backstage/backend-plugin-api';
import { createMockDirectory, mockCredentials, mockServices } from '@backstage/backend-test-utils';
import catalogPlugin from '@backstage/plugin-catalog-backend';
import { catalogConditions, createCatalogConditionalDecision } from '@backstage/plugin-catalog-backend/alpha';
import permissionPlugin from '@backstage/plugin-permission-backend';
import { AuthorizeResult, isPermission, type PolicyDecision } from '@backstage/plugin-permission-common';
import type { PermissionPolicy, PolicyQuery, PolicyQueryUser } from '@backstage/plugin-permission-node';
import { policyExtensionPoint } from '@backstage/plugin-permission-node/alpha';
import { harnessCdDeploymentCreatePermission } from 'backstage-plugin-harness-cd-common';
import { Simulator } from 'harness-cd-test-utils';
import request from 'supertest';
import { component, deploy, path, startBackendOf } from './__testUtils__/startBackend';

jest.setTimeout(60_000);

/** The README's policy: everybody sees deployments, the owners of an entity start them. */
class OwnersDeploy implements PermissionPolicy {
  async handle({ permission }: PolicyQuery, user?: PolicyQueryUser): Promise<PolicyDecision> {
    if (isPermission(permission, harnessCdDeploymentCreatePermission)) {
      const claims = user?.info.ownershipEntityRefs ?? [];
      return createCatalogConditionalDecision(permission, catalogConditions.isEntityOwner({ claims }));
    }
    return { result: AuthorizeResult.ALLOW };
  }
}

const ownersDeploy = createBackendModule({
  pluginId: 'permission',
  moduleId: 'owners-deploy',
  register(env) {
    env.registerInit({
      deps: { policy: policyExtensionPoint },
      async init({ policy }) {
        policy.setPolicy(new OwnersDeploy());
      },
    });
  },
});

/** The mocked tokens, which also say which plugin asks for a person; without that nobody decides on conditions. */
const auth = createServiceFactory({
  service: coreServices.auth,
  deps: { plugin: coreServices.pluginMetadata },
  factory({ plugin }) {
    const mocked = mockServices.auth({ pluginId: plugin.getId() });
    const getPluginRequestToken: AuthService['getPluginRequestToken'] = async options => {
      const { onBehalfOf } = options;
      if (!mocked.isPrincipal(onBehalfOf, 'user')) return mocked.getPluginRequestToken(options);
      const actor = { subject: `plugin:${plugin.getId()}` };
      return { token: mockCredentials.user.token(onBehalfOf.principal.userEntityRef, { actor }) };
    };
    return Object.assign(Object.create(mocked), { getPluginRequestToken });
  },
});

describe('a policy on the owners of an entity', () => {
  const folder = createMockDirectory();
  let simulator: Simulator;
  let server: Server;

  beforeAll(async () => {
    simulator = await Simulator.start();
    server = await startWithCatalog();
  });

  afterAll(() => simulator?.stop());

  /** A backend with the catalog and the permissions of a portal. */
  async function startWithCatalog(): Promise<Server> {
    const { spec, ...entity } = component('payment-service', {
      'harness.io/pipeline-url': simulator.pipelineUrl('payment_service_cd'),
    });
    folder.setContent({
      'catalog-info.yaml': JSON.stringify({ ...entity, spec: { ...spec, owner: 'user:default/ana' } }),
    });
    const locations = [{ type: 'file', target: folder.resolve('catalog-info.yaml') }];
    const started = await startBackendOf({
      simulator,
      features: [catalogPlugin, permissionPlugin, permissionsServiceFactory, auth, ownersDeploy],
      config: { catalog: { locations }, permission: { enabled: true } },
    });
    // The catalog reads the location in its own time.
    while ((await request(started).get(path('payment-service', 'deploy-target'))).status === 404) await wait(100);
    return started;
  }

  const good = { service: 'payment-service', imageTag: 'v2.3.1', environment: 'int-stable', region: 'euw1' };
  const deployAs = (person: string) =>
    deploy(server, 'payment-service', good).set('Authorization', mockCredentials.user.header(`user:default/${person}`));

  it('lets an owner deploy', async () => {
    const { body } = await deployAs('ana').expect(202);
    expect(body).toMatchObject({ kind: 'started', executionId: expect.any(String) });
  });

  it('lets nobody else deploy, and everybody look', async () => {
    await simulator.forgetRequests();
    const { body } = await deployAs('ben').expect(403);
    expect(body.error.message).toBe(
      'You lack the permission harness-cd.deployment.create for component:default/payment-service.',
    );
    // The record is read by itself meanwhile.
    const asked = (await simulator.requests()).filter(({ path: of }) => !of.includes('/pipelines/execution/'));
    expect(asked).toEqual([]);
    const ben = mockCredentials.user.header('user:default/ben');
    await request(server).get(path('payment-service', 'deployments')).set('Authorization', ben).expect(200);
  });
});
