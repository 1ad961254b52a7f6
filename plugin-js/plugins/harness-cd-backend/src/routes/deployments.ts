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
import { readQuery } from './readQuery';

const STATUSES = Object.values(STATUSES_OF_GROUP).flat();

const MAX_PAGE = 100_000;
const MAX_TEXT = 200;

const querySchema = z.object({
  page: z.coerce.number().int().min(0).max(MAX_PAGE).default(0),
  pageSize: z.coerce.number().int().min(1).max(MAX_PAGE_SIZE).default(25),
  environment: z.string().min(1).max(128).optional(),
  status: z
    .union([z.string(), z.array(z.string())])
    .transform(status => [status].flat())
    .pipe(z.array(z.enum(STATUSES)))
    .optional(),
  region: z.string().min(1).max(128).optional(),
  text: z.string().min(1).max(MAX_TEXT).optional(),
  runs: z.literal('all').optional(),
});

// What the caller has to know as a refusal: that nothing is there, not the caller's, or asked for wrongly. Everything
// else is a failure to show, with the last known deployments where there are some.
const REFUSALS: readonly FailureCode[] = ['PIPELINE_NOT_FOUND', 'FOREIGN_PIPELINE', 'INVALID_REQUEST'];

/** What only a change of the entity's file mends. */
function isOfTheEntity({ name }: HarnessFailure): boolean {
  return name === InputError.name;
}

const PARTS: Parameters<typeof readQuery<z.infer<typeof querySchema>>>[1] = {
  page: { takes: `a whole number from 0 to ${MAX_PAGE}` },
  pageSize: { takes: `a whole number from 1 to ${MAX_PAGE_SIZE}` },
  environment: { takes: 'the name of an environment, once, in 1 to 128 characters' },
  region: { takes: 'the name of a region, once, in 1 to 128 characters' },
  text: { takes: `words, once, in 1 to ${MAX_TEXT} characters` },
  runs: { takes: 'all, or nothing' },
  status: { takes: "Harness's statuses of executions, such as Success or Failed", of: STATUSES },
};

/** The history of an entity's deployments. */
export function addDeploymentRoutes(
  router: Router,
  services: { access: EntityAccess; history: DeploymentHistory },
): void {
  const { access, history } = services;

  router.get('/deployments', async (req, res) => {
    const entity = await access.readableEntity(req);
    const query: DeploymentsQuery = readQuery(querySchema, PARTS, req.query);
    try {
      res.json(await history.page(await access.visiblePipelineOf(entity, req), query));
    } catch (error) {
      if (!isHarnessFailure(error) || REFUSALS.includes(error.code) || isOfTheEntity(error)) throw error;
      const { page, pageSize } = query;
      res.json({ deployments: [], page, pageSize, failure: failureBody(error, Date.now()) });
    }
  });
}
