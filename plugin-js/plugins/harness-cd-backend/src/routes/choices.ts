import type { Request, Router } from 'express';
import { z } from 'zod';
import type { AskedQuery, ChoicesQuery } from 'backstage-plugin-harness-cd-common';
import type { HarnessCdService } from 'backstage-plugin-harness-cd-node';
import { readAsked, readChoices } from '../service/choices';
import type { EntityAccess } from './EntityAccess';
import { readQuery } from './readQuery';

const pointer = z.string().min(1).max(1024);
const reference = z.string().min(1).max(256).optional();
const choicesSchema = z.object({
  input: pointer,
  within: reference,
  source: reference,
  search: z.string().max(128).optional(),
});
const SOURCE = { takes: 'one artifact source, in 1 to 256 characters' };
const choicesParts = {
  input: { takes: 'the pointer of an input' },
  within: { takes: 'what was chosen for one input, in 1 to 256 characters' },
  source: SOURCE,
  search: { takes: 'one text of at most 128 characters' },
};
const askedSchema = z.object({
  input: pointer,
  service: reference,
  environment: reference,
  infrastructure: reference,
  source: reference,
});
const askedParts = {
  input: { takes: 'the pointer of an input' },
  service: { takes: 'one service, in 1 to 256 characters' },
  environment: { takes: 'one environment, in 1 to 256 characters' },
  infrastructure: { takes: 'one infrastructure definition, in 1 to 256 characters' },
  source: SOURCE,
};

/** What may be chosen for the inputs of an entity's pipeline, and what was chosen asks for in turn. */
export function addChoiceRoutes(router: Router, services: { access: EntityAccess; harnessCd: HarnessCdService }): void {
  const { access, harnessCd } = services;

  const pipelineOf = async (req: Request) => {
    // What a project has is for those who may deploy to it.
    const entity = await access.deployableEntity(req, { allow: ['user', 'service'] });
    return (await access.visiblePipelineOf(entity, req)).pipeline;
  };

  router.get('/choices', async (req, res) => {
    const pipeline = await pipelineOf(req);
    const query: ChoicesQuery = readQuery(choicesSchema, choicesParts, req.query);
    res.json(await readChoices(pipeline, query, harnessCd));
  });

  router.get('/asked', async (req, res) => {
    const pipeline = await pipelineOf(req);
    const query: AskedQuery = readQuery(askedSchema, askedParts, req.query);
    res.json(await readAsked(pipeline, query, harnessCd));
  });
}
