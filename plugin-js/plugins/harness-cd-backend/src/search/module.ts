import { coreServices, createBackendModule } from '@backstage/backend-plugin-api';
import { searchIndexRegistryExtensionPoint } from '@backstage/plugin-search-backend-node/alpha';
import { HarnessCdClient } from 'backstage-plugin-harness-cd-common';
import { ProductionVersions } from './ProductionVersions';

/** So often the index is made anew. */
const SCHEDULE = { frequency: { minutes: 10 }, timeout: { minutes: 10 }, initialDelay: { seconds: 10 } };

/**
 * Has search find which version of what runs in production.
 *
 * @public
 */
export const searchModuleHarnessCd = createBackendModule({
  pluginId: 'search',
  moduleId: 'harness-cd',
  register(env) {
    env.registerInit({
      deps: {
        auth: coreServices.auth,
        discoveryApi: coreServices.discovery,
        index: searchIndexRegistryExtensionPoint,
        scheduler: coreServices.scheduler,
      },
      async init({ auth, discoveryApi, index, scheduler }) {
        const fetchAsService: typeof fetch = async (input, init) => {
          const onBehalfOf = await auth.getOwnServiceCredentials();
          const { token } = await auth.getPluginRequestToken({ onBehalfOf, targetPluginId: 'harness-cd' });
          const headers = new Headers(init?.headers);
          headers.set('authorization', `Bearer ${token}`);
          return fetch(input, { ...init, headers });
        };
        index.addCollator({
          schedule: scheduler.createScheduledTaskRunner(SCHEDULE),
          factory: new ProductionVersions(new HarnessCdClient({ discoveryApi, fetchApi: { fetch: fetchAsService } })),
        });
      },
    });
  },
});
