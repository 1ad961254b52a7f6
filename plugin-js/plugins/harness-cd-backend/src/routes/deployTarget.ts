import type { Router } from 'express';
import type { HarnessCdService } from 'backstage-plugin-harness-cd-node';
import { readDeployTarget } from '../service/deployTarget';
import type { EntityAccess } from './EntityAccess';

/** What an entity's deploy requests are checked against. */
export function addDeployTargetRoutes(
  router: Router,
  services: { access: EntityAccess; harnessCd: HarnessCdService },
): void {
  const { access, harnessCd } = services;

  router.get('/deploy-target', async (req, res) => {
    const entity = await access.readableEntity(req);
    res.json(await readDeployTarget(await access.pipelineOf(entity, req), harnessCd));
  });
}
