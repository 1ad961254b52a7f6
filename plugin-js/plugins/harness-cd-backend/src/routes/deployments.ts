import type { Router } from 'express';
import { z } from 'zod';
import { InputError } from '@backstage/errors';
import {
  type DeploymentsQuery,
  type FailureCode,
  MAX_PAGE_SIZE,
  STATUSES_OF_GROUP,
} from 'backstage-plugin-harness-cd-common';
import { failureBody, type HarnessFailure, isHarnessFailure } from 'backstage-plugin-harness-cd-node';
import type { DeploymentHistory } from '../service/DeploymentHistory';
import type { EntityAccess } from './EntityAccess';

const STATUSES = Object.values(STATUSES_OF_GROUP).flat();

const querySchema = z.object({
  page: z.coerce.number().int().min(0).max(100_000).default(0),
  pageSize: z.coerce.number().int().min(1).max(MAX_PAGE_SIZE).default(25),
  environment: z.string().min(1).max(128).optional(),
  status: z
    .union([z.string(), z.array(z.string())])
    .transform(status => [status].flat())
    .pipe(z.array(z.enum(STATUSES)))
    .optional(),
});

// What the caller has to know as a refusal: that nothing is there, not the caller's, or asked for wrongly. Everything
// else is a failure to show, with the last known deployments where there are some.
const REFUSALS: readonly FailureCode[] = ['PIPELINE_NOT_FOUND', 'FOREIGN_PIPELINE', 'INVALID_REQUEST'];

/** What only a change of the entity's file mends. */
function isOfTheEntity({ name }: HarnessFailure): boolean {
  return name === InputError.name;
}

function readQuery(query: unknown): DeploymentsQuery {
  const parsed = querySchema.safeParse(query);
  if (!parsed.success) throw new InputError(z.prettifyError(parsed.error));
  return parsed.data;
}

/** The history of an entity's deployments. */
export function addDeploymentRoutes(
  router: Router,
  services: { access: EntityAccess; history: DeploymentHistory },
): void {
  const { access, history } = services;

  router.get('/deployments', async (req, res) => {
    const entity = await access.readableEntity(req);
    const query = readQuery(req.query);
    try {
      res.json(await history.page(await access.visiblePipelineOf(entity, req), query));
    } catch (error) {
      if (!isHarnessFailure(error) || REFUSALS.includes(error.code) || isOfTheEntity(error)) throw error;
      const { page, pageSize } = query;
      res.json({ deployments: [], page, pageSize, failure: failureBody(error, Date.now()) });
    }
  });
}
