import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { configure, fireEvent, render, screen, within } from '@testing-library/react';
// eslint-disable-next-line @backstage/no-relative-monorepo-imports -- the example portal's config belongs to no package
import config from '../../../app-config.yaml';
import { dependencies } from '../package.json';
import { app } from './App';

jest.setTimeout(60_000);
// A rendered portal takes its time where other work shares the machine.
configure({ asyncUtilTimeout: 20_000 });

const entity = {
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Component',
  metadata: {
    uid: 'payment-service',
    namespace: 'default',
    name: 'payment-service',
    annotations: {
      'harness.io/pipeline-url':
        'https://app.harness.io/ng/account/a/module/cd/orgs/o/projects/p/pipelines/payment_service_cd',
    },
  },
  spec: { type: 'service', lifecycle: 'production', owner: 'payments-team' },
};
const deployment = {
  id: 'execution1/deploy',
  executionId: 'execution1',
  pipeline: 'payment_service_cd',
  stage: 'deploy_int_stable',
  status: 'Success',
  phase: 'succeeded',
  environment: 'int_stable',
  environmentName: 'int-stable',
  region: 'euw1',
  imageTag: 'v2.3.0',
  startedAt: 1,
  isRollback: false,
};
const guest = {
  profile: {},
  backstageIdentity: {
    // The browser reads when a token ends, and nothing else of it.
    token: `header.${btoa(JSON.stringify({ exp: Date.now() / 1000 + 3600 }))}.signature`,
    expiresInSeconds: 3600,
    identity: { type: 'user', userEntityRef: 'user:default/guest', ownershipEntityRefs: ['user:default/guest'] },
  },
};
const ANSWERS: Record<string, unknown> = {
  '/api/auth/guest/refresh': guest,
  '/api/catalog/entities/by-name/component/default/payment-service': entity,
  '/api/catalog/entities/by-name/component/default/payment-service/ancestry': {
    rootEntityRef: 'component:default/payment-service',
    items: [{ entity, parentEntityRefs: [] }],
  },
  '/api/catalog/entities/by-refs': { items: [] },
  '/api/harness-cd/v1/entities/Component/default/payment-service/deployments': {
    deployments: [deployment],
    page: 0,
    pageSize: 25,
    totalExecutions: 1,
  },
};

/** A backend that knows one entity, its deployments, and a guest. */
function startBackend(): Server {
  const server = createServer((request, response) => {
    const answer = ANSWERS[new URL(request.url!, 'http://backend').pathname];
    response.writeHead(answer ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer ?? { error: { name: 'NotFoundError', message: 'not found' } }));
  });
  return server.listen(0, '127.0.0.1');
}

/** The plugins among the app's dependencies, as a build of Backstage finds them. */
function discover() {
  const modules = Object.keys(dependencies).flatMap(name => {
    const { backstage, exports } = require(`${name}/package.json`);
    if (!['frontend-plugin', 'frontend-plugin-module'].includes(backstage?.role)) return [];
    const entries = exports?.['./alpha'] ? [name, `${name}/alpha`] : [name];
    return entries.map(entry => ({ name, default: require(entry).default }));
  });
  Object.assign(window, { '__@backstage/discovered__': { modules } });
}

describe('the app', () => {
  let server: Server;

  beforeAll(async () => {
    server = startBackend();
    await once(server, 'listening');
  });

  afterAll(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  it('asks who is there, and shows the deployments on a page of the catalog', async () => {
    discover();
    const backend = { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
    const data = Object.assign({}, config, { backend, permission: { enabled: false } });
    // Assigned as a whole: a single variable of the environment would become text.
    process.env = { NODE_ENV: 'test', APP_CONFIG: [{ data, context: 'test' }] as any };
    window.history.pushState({}, '', '/catalog/default/component/payment-service');

    render(app.createRoot());
    fireEvent.click(await screen.findByText('Enter'));

    const card = await screen.findByRole('region', { name: 'Deployments' });
    expect(await within(card).findByText(/v2\.3\.0/)).toBeInTheDocument();
    // In the portal's navigation, and among the tabs of the entity.
    expect(screen.getAllByRole('link', { name: 'Deployments' })).toHaveLength(2);
  });
});
