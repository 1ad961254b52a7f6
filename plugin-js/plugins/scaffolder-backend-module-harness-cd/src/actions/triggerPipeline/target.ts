import { type CompoundEntityRef, parseEntityRef, stringifyEntityRef } from '@backstage/catalog-model';
import type { DeployTargetResponse, EntityTarget, HarnessCdApi } from 'backstage-plugin-harness-cd-common';
import type { HarnessCdService } from 'backstage-plugin-harness-cd-node';
import { mistake } from './messages';

/** What a step deploys. */
export interface Target extends Pick<DeployTargetResponse, 'pipeline' | 'scope' | 'rules'> {
  entity: EntityTarget;
}

/** The entity and the pipeline that a step names. Both, where it names both, have to be about the same. */
export async function readTarget(
  { entityRef, pipelineId }: { entityRef?: string; pipelineId?: string },
  services: { api: HarnessCdApi; harnessCd: HarnessCdService },
): Promise<Target> {
  const { api, harnessCd } = services;
  const name = entityRef
    ? parseEntityRef(entityRef, { defaultKind: 'component', defaultNamespace: 'default' })
    : await declaredEntity(pipelineId, harnessCd);
  const entity = pipelineId ? await choose(name, pipelineId, api) : name;
  const { pipeline, scope, rules } = await api.getDeployTarget(entity);
  if (pipelineId && pipelineId !== pipeline && pipelineId !== rules?.pipelineName) {
    throw mistake(`${stringifyEntityRef(name)} is deployed by the pipeline ${pipeline}, not by ${pipelineId}.`);
  }
  return { entity, pipeline, scope, rules };
}

/** The one of an entity's pipelines that a step names, by its identifier or its label; its first where none is so. */
async function choose(entity: CompoundEntityRef, pipelineId: string, api: HarnessCdApi): Promise<EntityTarget> {
  const { pipelines } = await api.getPipelines(entity);
  const named = pipelines.filter(({ label, pipeline }) => label === pipelineId || pipeline === pipelineId);
  const labels = named.map(({ label }) => label);
  if (named.length > 1 && !labels.includes(pipelineId)) {
    throw mistake(
      `${stringifyEntityRef(entity)} has several pipelines ${pipelineId}; write its label as pipelineId: ${labels.join(', ')}.`,
    );
  }
  const pipeline = labels.find(label => label === pipelineId) ?? labels[0];
  return pipeline === undefined ? entity : { ...entity, pipeline };
}

/** The entity whose pipeline it is by the config repo. */
async function declaredEntity(pipelineId: string | undefined, harnessCd: HarnessCdService): Promise<CompoundEntityRef> {
  if (!pipelineId) throw mistake('The step has to name the entity that is deployed, as entityRef.');
  const rules = await harnessCd.deployRulesNamed(pipelineId);
  const entities = [...new Set(rules.map(({ entity }) => entity))];
  if (entities.length === 1) return parseEntityRef(entities[0]);
  if (entities.length > 1) {
    throw mistake(
      `${pipelineId} is a pipeline of ${entities.join(', ')}: the step has to name the one that it deploys, as entityRef.`,
    );
  }
  throw mistake(
    `${pipelineId} is no pipeline of the config repo: the step has to name the entity that it deploys, as entityRef.`,
  );
}
