import type { Request, Router } from 'express';
import { z } from 'zod';
import type { BackstageCredentials, HttpAuthService } from '@backstage/backend-plugin-api';
import {
  type FleetDeploymentsQuery,
  type FleetMetricsQuery,
  type FleetPart,
  MAX_STORIES,
} from 'backstage-plugin-harness-cd-common';
import type { FleetReports } from '../service/fleet/FleetReports';
import { wrongQuery } from '../wrongQuery';
import { FILTER_PARTS, filterSchema, listOf, PERIOD_PARTS, periodSchema, STATUS_GROUPS } from './queryParts';
import { readQuery } from './readQuery';

const MAX_REF = 255;
const DIMENSIONS = ['service', 'team', 'environment', 'week'] as const;

const ref = z.string().min(1).max(MAX_REF).optional();
const partSchema = z.object({
  entity: listOf(z.string().min(1).max(MAX_REF)).optional(),
  owner: ref,
  system: ref,
  domain: ref,
});
const REF = { takes: 'the reference of an entity of the catalog, once' };
const PART_PARTS: Parameters<typeof readQuery<FleetPart>>[1] = {
  entity: { takes: 'the reference of an entity of the catalog' },
  owner: REF,
  system: REF,
  domain: REF,
};

const deploymentsSchema = partSchema.extend(filterSchema.shape).extend({
  status: listOf(z.enum(STATUS_GROUPS)).optional(),
  after: z.string().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(MAX_STORIES).optional(),
});

const metricsSchema = partSchema.extend(periodSchema.shape).extend({ by: listOf(z.enum(DIMENSIONS)).optional() });

/** What runs, waits and failed of all that the caller may see. */
export function addFleetRoutes(router: Router, services: { fleet: FleetReports; httpAuth: HttpAuthService }): void {
  const { fleet, httpAuth } = services;
  const callerOf = (req: Request): Promise<BackstageCredentials> =>
    httpAuth.credentials(req, { allow: ['user', 'service'] });

  router.get('/v1/fleet/deployments', async (req, res) => {
    const query: FleetDeploymentsQuery = readQuery(
      deploymentsSchema,
      {
        ...PART_PARTS,
        ...FILTER_PARTS,
        status: { takes: 'a group of statuses', of: STATUS_GROUPS },
        after: { takes: '`next` of the part before' },
        limit: { takes: `a whole number from 1 to ${MAX_STORIES}` },
      },
      req.query,
    );
    refuseEmptyPeriod(query);
    res.json(await fleet.deployments(await callerOf(req), query));
  });

  router.get('/v1/fleet/matrix', async (req, res) => {
    const part: FleetPart = readQuery(partSchema, PART_PARTS, req.query);
    res.json(await fleet.matrix(await callerOf(req), part));
  });

  router.get('/v1/fleet/metrics', async (req, res) => {
    const query: FleetMetricsQuery = readQuery(
      metricsSchema,
      { ...PART_PARTS, ...PERIOD_PARTS, by: { takes: 'what the figures are told apart by', of: [...DIMENSIONS] } },
      req.query,
    );
    refuseEmptyPeriod(query);
    res.json(await fleet.metrics(await callerOf(req), query));
  });
}

function refuseEmptyPeriod({ fromMs, toMs }: { fromMs?: number; toMs?: number }): void {
  if (fromMs === undefined || toMs === undefined || fromMs < toMs) return;
  throw wrongQuery('toMs: the period ends before it begins: nothing lies in it.');
}
