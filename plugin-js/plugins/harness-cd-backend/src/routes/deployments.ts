import express from 'express';
import { z } from 'zod';
import type { AuditorService, AuditorServiceEvent, HttpAuthService } from '@backstage/backend-plugin-api';
import { stringifyEntityRef } from '@backstage/catalog-model';
import { InputError, toError } from '@backstage/errors';
import {
  type DeployResponse,
  type DeploymentsQuery,
  harnessCdDeploymentCreatePermission,
  MAX_PAGE_SIZE,
} from 'backstage-plugin-harness-cd-common';
import { failureBody, isHarnessFailure, type HarnessCdService } from 'backstage-plugin-harness-cd-node';
import type { DeploymentHistory } from '../service/DeploymentHistory';
import { startDeployment } from '../service/startDeployment';
import { type EntityAccess, entityRefOf } from './EntityAccess';

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

function readQuery(query: unknown): DeploymentsQuery {
  const parsed = querySchema.safeParse(query);
  if (!parsed.success) throw new InputError(z.prettifyError(parsed.error));
  return parsed.data;
}

/** The history of an entity's deployments, and starting one. */
export function addDeploymentRoutes(
  router: express.Router,
  services: {
    access: EntityAccess;
    auditor: AuditorService;
    harnessCd: HarnessCdService;
    history: DeploymentHistory;
    httpAuth: HttpAuthService;
  },
): void {
  const { access, auditor, harnessCd, history, httpAuth } = services;

  router.get('/deployments', async (req, res) => {
    const entity = await access.readableEntity(req);
    const query = readQuery(req.query);
    try {
      res.json(await history.page(await access.pipelineOf(entity), query));
    } catch (error) {
      // An annotation that names a pipeline in vain is a failure to show, with nothing behind it.
      if (!isHarnessFailure(error) || error.code === 'PIPELINE_NOT_FOUND') throw error;
      const { page, pageSize } = query;
      res.json({ deployments: [], page, pageSize, failure: failureBody(error, Date.now()) });
    }
  });

  // As text: the core reads it, with every finding at once.
  const requestText = express.text({ type: () => true, limit: MAX_REQUEST_SIZE });

  router.post('/deployments', requestText, async (req, res) => {
    const credentials = await httpAuth.credentials(req, { allow: ['user'] });
    const event = await auditor.createEvent({
      eventId: 'deployment-create',
      severityLevel: 'medium',
      request: req,
      meta: { entityRef: stringifyEntityRef(entityRefOf(req)) },
    });
    const answer = await audited(event, async () => {
      const permission = harnessCdDeploymentCreatePermission;
      const entity = await access.authorizedEntity(req, { credentials, permission });
      return startDeployment(await access.pipelineOf(entity), {
        requestText: typeof req.body === 'string' ? req.body : '',
        startedBy: credentials.principal.userEntityRef,
        harnessCd,
        history,
      });
    });
    res.status(answer.kind === 'started' ? 202 : 400).json(answer);
  });
}

/** An attempt to deploy, with its end in the audit log. */
async function audited(event: AuditorServiceEvent, attempt: () => Promise<DeployResponse>): Promise<DeployResponse> {
  try {
    const answer = await attempt();
    if (answer.kind === 'started') {
      await event.success({ meta: { executionId: answer.executionId } });
    } else {
      const codes = answer.violations.map(violation => violation.code);
      await event.fail({ error: new InputError('the request breaks the rules'), meta: { violations: codes } });
    }
    return answer;
  } catch (error) {
    await event.fail({ error: toError(error) });
    throw error;
  }
}
