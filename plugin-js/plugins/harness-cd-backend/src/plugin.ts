import { coreServices, createBackendPlugin } from '@backstage/backend-plugin-api';
import { catalogServiceRef } from '@backstage/plugin-catalog-node';
import { harnessCdPermissions } from 'backstage-plugin-harness-cd-common';
import { harnessCdServiceRef } from 'backstage-plugin-harness-cd-node';
import { createRouter } from './router';
import { AnswerAudit, StartAudit } from './routes/audit';
import { DeploymentHistory } from './service/DeploymentHistory';
import { DeploymentReports } from './service/DeploymentReports';
import { keepHouse } from './service/keepHouse';
import { RememberedDeployments } from './service/RememberedDeployments';
import { Starts } from './service/starts/Starts';
import { DatabaseDeploymentStore } from './store/DatabaseDeploymentStore';
import { DatabaseStartStore } from './store/DatabaseStartStore';
import { openDatabase } from './store/migrations';

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
        lifecycle: coreServices.lifecycle,
        logger: coreServices.logger,
        permissions: coreServices.permissions,
        permissionsRegistry: coreServices.permissionsRegistry,
      },
      async init({ auditor, database, httpRouter, lifecycle, logger, permissionsRegistry, ...services }) {
        permissionsRegistry.addPermissions(harnessCdPermissions);
        const knex = await openDatabase(database);
        const deployments = new DatabaseDeploymentStore(knex);
        const store = new DatabaseStartStore(knex);
        const { harnessCd } = services;
        const history = new DeploymentHistory(harnessCd, deployments, store);
        const reports = new DeploymentReports(
          new RememberedDeployments({ deployments, harnessCd, history, starts: store }),
        );
        const audit = new StartAudit(auditor);
        const answerAudit = new AnswerAudit(auditor);
        const starts = new Starts({
          harnessCd,
          logger,
          store,
          changed: ({ pipeline }) => history.forget(pipeline),
          recovered: start => audit.recovered(start),
        });
        httpRouter.use(createRouter({ ...services, answerAudit, audit, history, reports, starts }));
        keepHouse({ deployments, lifecycle, logger, starts, store });
      },
    });
  },
});
