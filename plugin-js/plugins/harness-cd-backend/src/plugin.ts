import Router from 'express-promise-router';
import { coreServices, createBackendPlugin } from '@backstage/backend-plugin-api';
import { catalogServiceRef } from '@backstage/plugin-catalog-node';
import { eventsServiceRef } from '@backstage/plugin-events-node';
import { signalsServiceRef } from '@backstage/plugin-signals-node';
import { harnessCdPermissions } from 'backstage-plugin-harness-cd-common';
import { harnessCdServiceRef } from 'backstage-plugin-harness-cd-node';
import { createRouter } from './router';
import { AnswerAudit, StartAudit } from './routes/audit';
import { addWebhookRoute, readWebhookSecret, WEBHOOK_PATH } from './routes/webhook';
import { Announcements } from './service/Announcements';
import { DeploymentHistory } from './service/DeploymentHistory';
import { DeploymentReports } from './service/DeploymentReports';
import { FleetAccess } from './service/fleet/FleetAccess';
import { FleetMatrices } from './service/fleet/FleetMatrices';
import { FleetReports } from './service/fleet/FleetReports';
import { keepHouse } from './service/keepHouse';
import { Starts } from './service/starts/Starts';
import { StoredDeployments } from './service/StoredDeployments';
import { DatabaseDeploymentStore } from './store/DatabaseDeploymentStore';
import { DatabaseEventStore } from './store/DatabaseEventStore';
import { DatabaseFleetStore } from './store/DatabaseFleetStore';
import { DatabaseStartStore } from './store/DatabaseStartStore';
import { DatabaseSyncStore } from './store/DatabaseSyncStore';
import { openDatabase } from './store/migrations';
import { readSecret } from './store/secret';
import { DeploymentSync } from './tasks/DeploymentSync';
import { readRetention } from './tasks/retention';
import { RunFollower } from './tasks/RunFollower';
import { scheduleMatrices } from './tasks/scheduleMatrices';
import { scheduleSync } from './tasks/scheduleSync';

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
        config: coreServices.rootConfig,
        database: coreServices.database,
        eventsService: eventsServiceRef,
        harnessCd: harnessCdServiceRef,
        httpAuth: coreServices.httpAuth,
        httpRouter: coreServices.httpRouter,
        lifecycle: coreServices.lifecycle,
        logger: coreServices.logger,
        permissions: coreServices.permissions,
        permissionsRegistry: coreServices.permissionsRegistry,
        scheduler: coreServices.scheduler,
        signals: signalsServiceRef,
      },
      async init(deps) {
        const {
          auditor,
          config,
          database,
          eventsService,
          httpRouter,
          lifecycle,
          logger,
          permissionsRegistry,
          scheduler,
          signals,
          ...services
        } = deps;
        const retentionMs = readRetention(config);
        permissionsRegistry.addPermissions(harnessCdPermissions);
        const knex = await openDatabase(database);
        const deployments = new DatabaseDeploymentStore(knex);
        const store = new DatabaseStartStore(knex);
        const fleetStore = new DatabaseFleetStore(knex);
        const events = new DatabaseEventStore(knex);
        const { harnessCd } = services;
        const announcements = new Announcements({
          events: eventsService,
          logger,
          secret: await readSecret(knex, 'channels'),
          signals,
        });
        const sync = new DeploymentSync({
          announcements,
          harnessCd,
          logger,
          store: new DatabaseSyncStore(knex),
          deployments,
          backMs: retentionMs,
        });
        await scheduleSync({ announcements, harnessCd, lifecycle, scheduler, sync });
        const follower = new RunFollower({
          announcements,
          harnessCd,
          stageWentOn: pipeline => void sync.happened(pipeline),
        });
        lifecycle.addShutdownHook(() => follower.stop());
        const history = new DeploymentHistory(harnessCd, deployments, store, sync);
        const reports = new DeploymentReports(new StoredDeployments({ deployments, harnessCd, starts: store, sync }));
        const matrices = new FleetMatrices({ deployments, harnessCd, starts: store, store: fleetStore });
        const access = new FleetAccess({ ...services, store: fleetStore });
        const fleet = new FleetReports({ access, matrices, starts: store, store: fleetStore, sync });
        const audit = new StartAudit(auditor);
        const answerAudit = new AnswerAudit(auditor);
        const starts = new Starts({
          harnessCd,
          logger,
          store,
          changed: ({ pipeline }) => void sync.happened(pipeline),
          recovered: start => audit.recovered(start),
        });
        const secret = readWebhookSecret(config);
        if (secret !== undefined) {
          const webhook = Router();
          addWebhookRoute(webhook, { secret, events, harnessCd, happened: pipeline => sync.happened(pipeline) });
          httpRouter.use(webhook);
          httpRouter.addAuthPolicy({ path: WEBHOOK_PATH, allow: 'unauthenticated' });
        }
        httpRouter.use(
          createRouter({ ...services, announcements, answerAudit, audit, fleet, follower, history, reports, starts }),
        );
        await scheduleMatrices({ matrices, scheduler });
        keepHouse({ deployments, events, lifecycle, logger, retentionMs, starts, store });
      },
    });
  },
});
