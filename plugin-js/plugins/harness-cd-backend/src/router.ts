import express from 'express';
import Router from 'express-promise-router';
import { z } from 'zod';
import type {
  AuditorService,
  BackstageCredentials,
  BackstageUserPrincipal,
  HttpAuthService,
  PermissionsService,
} from '@backstage/backend-plugin-api';
import { type Entity, stringifyEntityRef } from '@backstage/catalog-model';
import { InputError, NotAllowedError, NotFoundError, toError } from '@backstage/errors';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import { AuthorizeResult, type BasicPermission } from '@backstage/plugin-permission-common';
import {
  type DeployResponse,
  harnessCdDeploymentCreatePermission,
  harnessCdDeploymentReadPermission,
  MAX_PAGE_SIZE,
} from 'backstage-plugin-harness-cd-common';
import { harnessFailure, failureBody, isHarnessFailure, type HarnessCdService } from 'backstage-plugin-harness-cd-node';
import type { DeploymentHistory } from './service/DeploymentHistory';
import { deployTarget } from './service/deployTarget';
import { isExecutionOf } from './service/isExecutionOf';
import { pipelineOf } from './service/pipelineOf';

const MAX_REQUEST_SIZE = '64kb';

const querySchema = z.object({
  page: z.coerce.number().int().min(0).max(100_000).default(0),
  pageSize: z.coerce.number().int().min(1).max(MAX_PAGE_SIZE).default(25),
  environment: z.string().min(1).max(128).optional(),
  status: z
    .union([z.string(), z.array(z.string())])
    .transform(status => [status].flat())
    .optional(),
});

/** The plugin's routes. */
export async function createRouter(options: {
  auditor: AuditorService;
  catalog: CatalogService;
  harnessCd: HarnessCdService;
  history: DeploymentHistory;
  httpAuth: HttpAuthService;
  permissions: PermissionsService;
}): Promise<express.Router> {
  const { auditor, catalog, harnessCd, history, httpAuth, permissions } = options;
  const router = Router();

  async function readEntity(req: express.Request, credentials: BackstageCredentials): Promise<Entity> {
    const { kind, namespace, name } = req.params;
    const entity = await catalog.getEntityByRef({ kind, namespace, name }, { credentials });
    if (!entity) throw new NotFoundError(`There is no entity ${kind}:${namespace}/${name} that you can see.`);
    return entity;
  }

  async function authorize(permission: BasicPermission, credentials: BackstageCredentials): Promise<void> {
    const [decision] = await permissions.authorize([{ permission }], { credentials });
    if (decision.result !== AuthorizeResult.ALLOW) {
      throw new NotAllowedError(`You lack the permission ${permission.name}.`);
    }
  }

  async function readableEntity(req: express.Request): Promise<Entity> {
    const credentials = await httpAuth.credentials(req, { allow: ['user', 'service'] });
    const entity = await readEntity(req, credentials);
    await authorize(harnessCdDeploymentReadPermission, credentials);
    return entity;
  }

  async function deploy(
    req: express.Request,
    credentials: BackstageCredentials<BackstageUserPrincipal>,
  ): Promise<DeployResponse> {
    const entity = await readEntity(req, credentials);
    await authorize(harnessCdDeploymentCreatePermission, credentials);
    const ref = await pipelineOf(entity, harnessCd);
    const { pipeline } = ref;
    const rules = await harnessCd.deployRules(pipeline);
    const check = await harnessCd.checkDeploy(typeof req.body === 'string' ? req.body : '', { pipeline, rules });
    if (check.kind === 'rejected') return check;
    try {
      return await harnessCd.deploy(check, { startedBy: credentials.principal.userEntityRef });
    } finally {
      history.forget(ref); // also after a failure: where the outcome is unknown, the history is where to look
    }
  }

  router.get('/v1/entities/:kind/:namespace/:name/deployments', async (req, res) => {
    const entity = await readableEntity(req);
    const query = querySchema.safeParse(req.query);
    if (!query.success) throw new InputError(z.prettifyError(query.error));
    const { page, pageSize } = query.data;
    try {
      res.json(await history.page(await pipelineOf(entity, harnessCd), query.data));
    } catch (error) {
      // An annotation that names a pipeline in vain is a failure to show, with nothing behind it.
      if (!isHarnessFailure(error) || error.code === 'PIPELINE_NOT_FOUND') throw error;
      res.json({ deployments: [], page, pageSize, failure: failureBody(error, Date.now()) });
    }
  });

  router.get('/v1/entities/:kind/:namespace/:name/deploy-target', async (req, res) => {
    const entity = await readableEntity(req);
    res.json(await deployTarget(await pipelineOf(entity, harnessCd), harnessCd));
  });

  router.get('/v1/entities/:kind/:namespace/:name/executions/:executionId', async (req, res) => {
    const entity = await readableEntity(req);
    const { executionId } = req.params;
    const ref = await pipelineOf(entity, harnessCd);
    const progress = await harnessCd.getExecution(executionId);
    if (!isExecutionOf(progress, ref)) {
      // Whoever sees one entity does not see the executions of every other.
      throw harnessFailure('NOT_FOUND', `${executionId} is no execution of the pipeline ${ref.pipeline}.`);
    }
    res.json(progress);
  });

  router.post(
    '/v1/entities/:kind/:namespace/:name/deployments',
    // As text: the core reads it, with every finding at once.
    express.text({ type: () => true, limit: MAX_REQUEST_SIZE }),
    async (req, res) => {
      const credentials = await httpAuth.credentials(req, { allow: ['user'] });
      const { kind, namespace, name } = req.params;
      const entityRef = stringifyEntityRef({ kind, namespace, name });
      const event = await auditor.createEvent({
        eventId: 'deployment-create',
        severityLevel: 'medium',
        request: req,
        meta: { entityRef },
      });
      try {
        const answer = await deploy(req, credentials);
        if (answer.kind === 'started') {
          await event.success({ meta: { executionId: answer.executionId } });
          res.status(202).json(answer);
        } else {
          const codes = answer.violations.map(violation => violation.code);
          await event.fail({ error: new InputError('the request breaks the rules'), meta: { violations: codes } });
          res.status(400).json(answer);
        }
      } catch (error) {
        await event.fail({ error: toError(error) });
        throw error;
      }
    },
  );

  return router;
}
