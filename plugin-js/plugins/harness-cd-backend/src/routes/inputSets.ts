import type { Router } from 'express';
import { z } from 'zod';
import type { HttpAuthService } from '@backstage/backend-plugin-api';
import { InputError } from '@backstage/errors';
import type { HarnessCdService } from 'backstage-plugin-harness-cd-node';
import { type EntityAccess, NEEDED_TO_DEPLOY } from './EntityAccess';

/** More than anybody puts together, and each is a question to Harness. */
const MOST_SETS = 50;

const querySchema = z.object({
  inputSet: z
    .union([z.string(), z.array(z.string())])
    .transform(names => [names].flat())
    .pipe(z.array(z.string().min(1).max(128)).max(MOST_SETS)),
});

/** The saved answers to what an entity's pipeline asks for: for those who may start it. */
export function addInputSetRoutes(
  router: Router,
  services: { access: EntityAccess; harnessCd: HarnessCdService; httpAuth: HttpAuthService },
): void {
  const { access, harnessCd, httpAuth } = services;

  router.get('/input-sets', async (req, res) => {
    const credentials = await httpAuth.credentials(req, { allow: ['user'] });
    const entity = await access.authorizedEntity(req, { credentials, needs: NEEDED_TO_DEPLOY });
    const { pipeline } = await access.visiblePipelineOf(entity, req);
    res.json(await harnessCd.listInputSets(pipeline));
  });

  router.get('/saved-inputs', async (req, res) => {
    const credentials = await httpAuth.credentials(req, { allow: ['user'] });
    const entity = await access.authorizedEntity(req, { credentials, needs: NEEDED_TO_DEPLOY });
    const query = querySchema.safeParse(req.query);
    if (!query.success) throw new InputError(z.prettifyError(query.error));
    const { pipeline } = await access.visiblePipelineOf(entity, req);
    res.json(await harnessCd.savedInputs(pipeline, query.data.inputSet));
  });
}
