import type { Request, Router } from 'express';
import { z } from 'zod';
import { ANNOTATION_SOURCE_LOCATION } from '@backstage/catalog-model';
import { type Dimension, MAX_STORIES, type MetricsQuery, type TimelineQuery } from 'backstage-plugin-harness-cd-common';
import type { ChosenPipeline } from 'backstage-plugin-harness-cd-node';
import type { DeploymentReports } from '../service/DeploymentReports';
import type { EntityAccess } from './EntityAccess';
import {
  FILTER_PARTS,
  filterSchema,
  INSTANT,
  instant,
  listOf,
  PERIOD_PARTS,
  periodSchema,
  STATUS_GROUPS,
} from './queryParts';
import { readQuery } from './readQuery';

/** An entity is of one team. */
const DIMENSIONS: Dimension[] = ['service', 'environment', 'week'];

const metricsSchema = periodSchema.extend({ by: listOf(z.enum(DIMENSIONS)).optional() });

const METRICS_PARTS: Parameters<typeof readQuery<MetricsQuery>>[1] = {
  ...PERIOD_PARTS,
  by: { takes: 'what the figures are told apart by', of: DIMENSIONS },
};

const timelineSchema = filterSchema.extend({
  status: z.enum(STATUS_GROUPS).optional(),
  after: z.string().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(MAX_STORIES).optional(),
});

const TIMELINE_PARTS: Parameters<typeof readQuery<TimelineQuery>>[1] = {
  ...FILTER_PARTS,
  status: { takes: 'a group of statuses', of: STATUS_GROUPS },
  after: { takes: '`next` of the part before' },
  limit: { takes: `a whole number from 1 to ${MAX_STORIES}` },
};

/** What the record of an entity's deployments tells. */
export function addReportRoutes(router: Router, services: { access: EntityAccess; reports: DeploymentReports }): void {
  const { access, reports } = services;
  const askedOf = async (req: Request): Promise<{ target: ChosenPipeline; source: string | undefined }> => {
    const entity = await access.readableEntity(req);
    const target = await access.visiblePipelineOf(entity, req);
    return { target, source: entity.metadata.annotations?.[ANNOTATION_SOURCE_LOCATION] };
  };
  const targetOf = async (req: Request) => (await askedOf(req)).target;

  router.get('/matrix', async (req, res) => {
    res.json(await reports.matrix(await targetOf(req)));
  });

  router.get('/metrics', async (req, res) => {
    const target = await targetOf(req);
    res.json(await reports.metrics(target, readQuery(metricsSchema, METRICS_PARTS, req.query)));
  });

  router.get('/timeline', async (req, res) => {
    const target = await targetOf(req);
    res.json(await reports.timeline(target, readQuery(timelineSchema, TIMELINE_PARTS, req.query)));
  });

  router.get('/releases/:version', async (req, res) => {
    const { target, source } = await askedOf(req);
    res.json(await reports.release(target, req.params.version, source));
  });

  router.get('/production-news', async (req, res) => {
    const { target, source } = await askedOf(req);
    const { since } = readQuery(z.object({ since: instant }), { since: INSTANT }, req.query);
    res.json(await reports.productionNews(target, since, source));
  });

  router.get('/running-at', async (req, res) => {
    const target = await targetOf(req);
    const { instant: at } = readQuery(z.object({ instant }), { instant: INSTANT }, req.query);
    res.json(await reports.runningAt(target, at));
  });
}
