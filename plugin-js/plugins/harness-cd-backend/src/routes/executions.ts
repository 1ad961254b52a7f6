import type { Router } from 'express';
import type { HarnessCdService } from 'backstage-plugin-harness-cd-node';
import { readChildExecution, readExecution } from '../service/execution';
import type { EntityAccess } from './EntityAccess';

/** How far the executions of an entity's pipeline are. */
export function addExecutionRoutes(
  router: Router,
  services: { access: EntityAccess; harnessCd: HarnessCdService },
): void {
  const { access, harnessCd } = services;

  router.get('/executions/:executionId', async (req, res) => {
    const entity = await access.readableEntity(req);
    const { pipeline } = await access.visiblePipelineOf(entity, req);
    res.json(await readExecution(req.params.executionId, pipeline, harnessCd));
  });

  router.get('/executions/:executionId/children/:childId', async (req, res) => {
    const entity = await access.readableEntity(req);
    const { pipeline } = await access.visiblePipelineOf(entity, req);
    const { executionId: parent, childId: child } = req.params;
    res.json(await readChildExecution({ parent, child }, pipeline, harnessCd));
  });
}
