import type { Server } from 'node:http';
import { TestPipeline } from '@backstage/plugin-search-backend-node';
import { HarnessCdClient } from 'backstage-plugin-harness-cd-common';
import { mockCredentials } from '@backstage/backend-test-utils';
import { Simulator } from 'harness-cd-test-utils';
import request from 'supertest';
import type { AddressInfo } from 'node:net';
import { component, path, startBackend } from '../__testUtils__/startBackend';
import { ProductionVersions } from './ProductionVersions';

jest.setTimeout(60_000);

function clientOf(server: Server): HarnessCdClient {
  const { port } = server.address() as AddressInfo;
  const headers = {
    authorization: mockCredentials.service.header({
      onBehalfOf: mockCredentials.service(),
      targetPluginId: 'harness-cd',
    }),
  };
  return new HarnessCdClient({
    discoveryApi: { getBaseUrl: async plugin => `http://127.0.0.1:${port}/api/${plugin}` },
    fetchApi: { fetch: (input, init) => fetch(input, { ...init, headers }) },
  });
}

describe('the versions in production, for search', () => {
  let simulator: Simulator;

  beforeAll(async () => {
    simulator = await Simulator.start();
  });

  afterAll(() => simulator?.stop());

  it('are a document for each entity, which only who may see its deployments finds', async () => {
    const of = (name: string) => ({ 'harness.io/pipeline-url': simulator.pipelineUrl(name) });
    const entities = [component('payment-service', of('payment_service_cd')), component('other', {})];
    const server = await startBackend({ simulator, entities });
    const { body } = await request(server).get(path('payment-service', 'matrix')).expect(200);
    const running = body.matrix.services
      .flatMap((service: any) => service.environments)
      .filter((environment: any) => environment.environmentType === 'Production')
      .flatMap((environment: any) => environment.regions)
      .flatMap((cell: any) => cell.running?.version ?? []);
    expect(running.length).toBeGreaterThan(0);

    const factory = new ProductionVersions(clientOf(server));
    const { documents } = await TestPipeline.fromCollator(await factory.getCollator()).execute();
    expect(documents).toHaveLength(1);
    const [found] = documents as any[];
    expect([...found.versions].sort()).toEqual([...new Set(running)].sort());
    expect(found).toMatchObject({
      entityRef: 'component:default/payment-service',
      location: '/catalog/default/component/payment-service/deployments',
      authorization: { resourceRef: 'component:default/payment-service' },
    });
    expect(found.title).toBe(`payment-service: ${found.versions.join(', ')} in production`);
    expect(factory.visibilityPermission.name).toBe('harness-cd.deployment.read');
  });
});
