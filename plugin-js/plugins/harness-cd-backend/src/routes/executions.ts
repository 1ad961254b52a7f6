import type { Router } from 'express';
import { readChildExecution, readExecution } from '../service/execution';
import type { RunFollower } from '../tasks/RunFollower';
import type { EntityAccess } from './EntityAccess';

/** How far the executions of an entity's pipeline are. */
export function addExecutionRoutes(router: Router, services: { access: EntityAccess; follower: RunFollower }): void {
  const { access, follower } = services;

  router.get('/executions/:executionId', async (req, res) => {
    const entity = await access.readableEntity(req);
    const { pipeline } = await access.visiblePipelineOf(entity, req);
    res.json(await readExecution(req.params.executionId, pipeline, follower));
  });

  router.get('/executions/:executionId/children/:childId', async (req, res) => {
    const entity = await access.readableEntity(req);
    const { pipeline } = await access.visiblePipelineOf(entity, req);
    const { executionId: parent, childId: child } = req.params;
    res.json(await readChildExecution({ parent, child }, pipeline, follower));
  });
}
