import express from 'express';
import type { HttpAuthService } from '@backstage/backend-plugin-api';
import { stringifyEntityRef } from '@backstage/catalog-model';
import { harnessFailure, type HarnessCdService } from 'backstage-plugin-harness-cd-node';
import type { AnswerAudit } from './audit';
import { type EntityAccess, entityRefOf, NEEDED_TO_DEPLOY } from './EntityAccess';
import { requestText, textOf } from './requestText';

const PATH = '/executions/:executionId/inputs/:node';

/** What a run of an entity's pipeline asks for while it goes on: for those who may start it. */
export function addMidRunInputRoutes(
  router: express.Router,
  services: { access: EntityAccess; answerAudit: AnswerAudit; harnessCd: HarnessCdService; httpAuth: HttpAuthService },
): void {
  const { access, answerAudit, harnessCd, httpAuth } = services;

  router.get(PATH, async (req, res) => {
    const entity = await access.deployableEntity(req);
    const { executionId, node } = req.params;
    const { pipeline } = await access.visiblePipelineOf(entity, req);
    const question = await harnessCd.getInputQuestion(pipeline, { executionId, node });
    if (!question) {
      throw harnessFailure('NOT_FOUND', `Nothing is asked for there any more in the execution ${executionId}.`, {
        hint: 'Somebody may have answered it, or its time ran out: look at the execution.',
      });
    }
    res.json(question);
  });

  router.post(PATH, requestText, async (req, res) => {
    const credentials = await httpAuth.credentials(req, { allow: ['user'] });
    const { executionId, node } = req.params;
    const answeredBy = credentials.principal.userEntityRef;
    const meta = { entityRef: stringifyEntityRef(entityRefOf(req)), answeredBy, executionId, node };
    const outcome = await answerAudit.watch(req, meta, async () => {
      const entity = await access.authorizedEntity(req, { credentials, needs: NEEDED_TO_DEPLOY });
      return harnessCd.answerInput(textOf(req), await access.pipelineOf(entity, req), { executionId, node });
    });
    res.json(outcome);
  });
}
