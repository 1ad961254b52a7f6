import type { Router } from 'express';
import type { HarnessCdService } from 'backstage-plugin-harness-cd-node';
import { listPipelines } from '../service/pipelines';
import type { EntityAccess } from './EntityAccess';

/** Which pipelines an entity has, and which it might name. */
export function addPipelineRoutes(
  router: Router,
  services: { access: EntityAccess; harnessCd: HarnessCdService },
): void {
  const { access, harnessCd } = services;

  router.get('/pipelines', async (req, res) => {
    const entity = await access.readableEntity(req);
    res.json(await listPipelines(entity, harnessCd));
  });
}
