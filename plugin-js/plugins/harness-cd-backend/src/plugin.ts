import { coreServices, createBackendPlugin } from '@backstage/backend-plugin-api';
import { catalogServiceRef } from '@backstage/plugin-catalog-node';
import { harnessCdPermissions } from 'backstage-plugin-harness-cd-common';
import { harnessCdServiceRef } from 'backstage-plugin-harness-cd-node';
import { createRouter } from './router';
import { DeploymentHistory } from './service/DeploymentHistory';
import { DatabaseDeploymentStore } from './store/DatabaseDeploymentStore';

/**
 * The backend of Harness CD: deployments of catalog entities.
 *
 * @public
 */
export const harnessCdPlugin = createBackendPlugin({
  pluginId: 'harness-cd',
  register(env) {
    env.registerInit({
      deps: {
        auditor: coreServices.auditor,
        catalog: catalogServiceRef,
        database: coreServices.database,
        harnessCd: harnessCdServiceRef,
        httpAuth: coreServices.httpAuth,
        httpRouter: coreServices.httpRouter,
        permissions: coreServices.permissions,
        permissionsRegistry: coreServices.permissionsRegistry,
      },
      async init({ database, httpRouter, permissionsRegistry, ...services }) {
        permissionsRegistry.addPermissions(harnessCdPermissions);
        const store = await DatabaseDeploymentStore.create(database);
        const history = new DeploymentHistory(services.harnessCd, store);
        httpRouter.use(createRouter({ ...services, history }));
      },
    });
  },
});
