import type express from 'express';
import Router from 'express-promise-router';
import type { HttpAuthService, PermissionsService } from '@backstage/backend-plugin-api';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import type { HarnessCdService } from 'backstage-plugin-harness-cd-node';
import type { AnswerAudit, StartAudit } from './routes/audit';
import { addChannelRoutes, addFleetChannelRoutes } from './routes/channels';
import { addChoiceRoutes } from './routes/choices';
import { addDeploymentRoutes } from './routes/deployments';
import { addDeployTargetRoutes } from './routes/deployTarget';
import { ENTITY_PATH, EntityAccess } from './routes/EntityAccess';
import { addExecutionRoutes } from './routes/executions';
import { addFleetRoutes } from './routes/fleet';
import { addInputSetRoutes } from './routes/inputSets';
import { addMidRunInputRoutes } from './routes/midRunInputs';
import { addPipelineRoutes } from './routes/pipelines';
import { addReportRoutes } from './routes/reports';
import { addStartRoutes } from './routes/starts';
import type { Announcements } from './service/Announcements';
import type { DeploymentHistory } from './service/DeploymentHistory';
import type { DeploymentReports } from './service/DeploymentReports';
import type { FleetReports } from './service/fleet/FleetReports';
import type { Starts } from './service/starts/Starts';
import type { RunFollower } from './tasks/RunFollower';

/** The plugin's routes. */
export function createRouter(options: {
  announcements: Announcements;
  answerAudit: AnswerAudit;
  audit: StartAudit;
  catalog: CatalogService;
  fleet: FleetReports;
  follower: RunFollower;
  harnessCd: HarnessCdService;
  history: DeploymentHistory;
  httpAuth: HttpAuthService;
  permissions: PermissionsService;
  reports: DeploymentReports;
  starts: Starts;
}): express.Router {
  const services = { ...options, access: new EntityAccess(options) };
  const ofEntity = Router({ mergeParams: true });
  addChannelRoutes(ofEntity, services);
  addChoiceRoutes(ofEntity, services);
  addDeploymentRoutes(ofEntity, services);
  addDeployTargetRoutes(ofEntity, services);
  addInputSetRoutes(ofEntity, services);
  addExecutionRoutes(ofEntity, services);
  addPipelineRoutes(ofEntity, services);
  addMidRunInputRoutes(ofEntity, services);
  addReportRoutes(ofEntity, services);
  addStartRoutes(ofEntity, services);
  const router = Router();
  addFleetChannelRoutes(router, services);
  addFleetRoutes(router, services);
  return router.use(ENTITY_PATH, ofEntity);
}
