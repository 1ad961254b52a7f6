import type { Router } from 'express';
import { z } from 'zod';
import type { HarnessCdService } from 'backstage-plugin-harness-cd-node';
import type { EntityAccess } from './EntityAccess';
import { readQuery } from './readQuery';

/** More than anybody puts together, and each is a question to Harness. */
const MOST_SETS = 50;

const querySchema = z.object({
  inputSet: z
    .union([z.string(), z.array(z.string())])
    .transform(names => [names].flat())
    .pipe(z.array(z.string().min(1).max(128)).max(MOST_SETS)),
});

const parts = { inputSet: { takes: `identifiers of 1 to ${MOST_SETS} input sets, each of at most 128 characters` } };

/** The saved answers to what an entity's pipeline asks for: for those who may start it. */
export function addInputSetRoutes(
  router: Router,
  services: { access: EntityAccess; harnessCd: HarnessCdService },
): void {
  const { access, harnessCd } = services;

  router.get('/input-sets', async (req, res) => {
    const entity = await access.deployableEntity(req);
    const { pipeline } = await access.visiblePipelineOf(entity, req);
    res.json(await harnessCd.listInputSets(pipeline));
  });

  router.get('/saved-inputs', async (req, res) => {
    const entity = await access.deployableEntity(req);
    const { inputSet } = readQuery(querySchema, parts, req.query);
    const { pipeline } = await access.visiblePipelineOf(entity, req);
    res.json(await harnessCd.savedInputs(pipeline, inputSet));
  });
}
