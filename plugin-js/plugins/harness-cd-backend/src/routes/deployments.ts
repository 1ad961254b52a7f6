import type { Router } from 'express';
import { z } from 'zod';
import { InputError } from '@backstage/errors';
import {
  type DeploymentsQuery,
  type FailureCode,
  MAX_PAGE_SIZE,
  STATUSES_OF_GROUP,
} from 'backstage-plugin-harness-cd-common';
import {
  failureBody,
  harnessFailure,
  type HarnessFailure,
  isHarnessFailure,
  nearestName,
} from 'backstage-plugin-harness-cd-node';
import type { DeploymentHistory } from '../service/DeploymentHistory';
import type { EntityAccess } from './EntityAccess';

const STATUSES = Object.values(STATUSES_OF_GROUP).flat();

const MAX_PAGE = 100_000;

const querySchema = z.object({
  page: z.coerce.number().int().min(0).max(MAX_PAGE).default(0),
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

/** What each part of a query takes. */
const TAKES: Record<keyof typeof querySchema.shape, string> = {
  page: `a whole number from 0 to ${MAX_PAGE}`,
  pageSize: `a whole number from 1 to ${MAX_PAGE_SIZE}`,
  environment: 'the name of an environment, once, in 1 to 128 characters',
  status: "Harness's statuses of executions, such as Success or Failed",
};
const SHOWN = 60;

function givenFor(part: string, value: unknown): string[] {
  const given = [value].flat().map(one => String(one).slice(0, SHOWN));
  return part === 'status' ? given.filter(status => !STATUSES.includes(status)) : [given.join(', ')];
}

/** What is wrong with a part of a query, and what to write instead. */
function reasonsFor(part: string, value: unknown): string[] {
  return givenFor(part, value).map(given => {
    const meant = part === 'status' ? nearestName(given, STATUSES) : undefined;
    const advice = meant === undefined ? '' : `; did you mean ${meant}?`;
    return `${part} takes ${TAKES[part as keyof typeof TAKES]}, not “${given}”${advice}`;
  });
}

function readQuery(query: Record<string, unknown>): DeploymentsQuery {
  const parsed = querySchema.safeParse(query);
  if (parsed.success) return parsed.data;
  const parts = new Set(parsed.error.issues.map(({ path: [part] }) => String(part)));
  const reasons = [...parts].flatMap(part => reasonsFor(part, query[part]));
  throw harnessFailure('INVALID_REQUEST', reasons.join('. '), { hint: 'Correct the query of the address.' });
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
