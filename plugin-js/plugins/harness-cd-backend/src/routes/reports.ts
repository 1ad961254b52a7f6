import type { Request, Router } from 'express';
import { z } from 'zod';
import {
  type Dimension,
  MAX_STORIES,
  type MetricsQuery,
  type StatusGroup,
  STATUSES_OF_GROUP,
  type TimelineQuery,
} from 'backstage-plugin-harness-cd-common';
import type { ChosenPipeline } from 'backstage-plugin-harness-cd-node';
import type { DeploymentReports } from '../service/DeploymentReports';
import type { EntityAccess } from './EntityAccess';
import { readQuery } from './readQuery';

/** An entity is of one team. */
const DIMENSIONS: Dimension[] = ['service', 'environment', 'week'];
const STATUS_GROUPS = Object.keys(STATUSES_OF_GROUP) as StatusGroup[];

const MAX_NAME = 128;
const MAX_TEXT = 200;
/** The last instant that a clock of JavaScript has. */
const MAX_INSTANT = 8.64e15;

const name = z.string().min(1).max(MAX_NAME).optional();
const instant = z.coerce.number().int().min(0).max(MAX_INSTANT);
const NAME = { takes: `a name of 1 to ${MAX_NAME} characters, once` };
const INSTANT = { takes: 'an instant in epoch ms, a whole number from 0' };

const metricsSchema = z.object({
  fromMs: instant.optional(),
  toMs: instant.optional(),
  by: z
    .union([z.string(), z.array(z.string())])
    .transform(by => [by].flat())
    .pipe(z.array(z.enum(DIMENSIONS)))
    .optional(),
});

const METRICS_PARTS: Parameters<typeof readQuery<MetricsQuery>>[1] = {
  fromMs: INSTANT,
  toMs: INSTANT,
  by: { takes: 'what the figures are told apart by', of: DIMENSIONS },
};

const timelineSchema = z.object({
  environment: name,
  region: name,
  status: z.enum(STATUS_GROUPS).optional(),
  tag: name,
  person: name,
  fromMs: instant.optional(),
  toMs: instant.optional(),
  text: z.string().min(1).max(MAX_TEXT).optional(),
  after: z.string().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(MAX_STORIES).optional(),
});

const TIMELINE_PARTS: Parameters<typeof readQuery<TimelineQuery>>[1] = {
  environment: NAME,
  region: NAME,
  status: { takes: 'a group of statuses', of: STATUS_GROUPS },
  tag: NAME,
  person: NAME,
  fromMs: INSTANT,
  toMs: INSTANT,
  text: { takes: `words, once, in 1 to ${MAX_TEXT} characters` },
  after: { takes: '`next` of the part before' },
  limit: { takes: `a whole number from 1 to ${MAX_STORIES}` },
};

/** What the record of an entity's deployments tells. */
export function addReportRoutes(router: Router, services: { access: EntityAccess; reports: DeploymentReports }): void {
  const { access, reports } = services;
  const targetOf = async (req: Request): Promise<ChosenPipeline> =>
    access.visiblePipelineOf(await access.readableEntity(req), req);

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
    res.json(await reports.release(await targetOf(req), req.params.version));
  });

  router.get('/production-news', async (req, res) => {
    const target = await targetOf(req);
    const { since } = readQuery(z.object({ since: instant }), { since: INSTANT }, req.query);
    res.json(await reports.productionNews(target, since));
  });

  router.get('/running-at', async (req, res) => {
    const target = await targetOf(req);
    const { instant: at } = readQuery(z.object({ instant }), { instant: INSTANT }, req.query);
    res.json(await reports.runningAt(target, at));
  });
}
