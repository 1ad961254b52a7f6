import { type CompoundEntityRef, parseEntityRef, stringifyEntityRef } from '@backstage/catalog-model';
import type { DeployTargetResponse, HarnessCdApi } from 'backstage-plugin-harness-cd-common';
import type { HarnessCdService } from 'backstage-plugin-harness-cd-node';
import { mistake } from './messages';

/** What a step deploys. */
export interface Target extends Pick<DeployTargetResponse, 'pipeline' | 'rules'> {
  entity: CompoundEntityRef;
}

/** The entity and the pipeline that a step names. Both, where it names both, have to be about the same. */
export async function readTarget(
  { entityRef, pipelineId }: { entityRef?: string; pipelineId?: string },
  services: { api: HarnessCdApi; harnessCd: HarnessCdService },
): Promise<Target> {
  const { api, harnessCd } = services;
  const entity = entityRef
    ? parseEntityRef(entityRef, { defaultKind: 'component', defaultNamespace: 'default' })
    : await declaredEntity(pipelineId, harnessCd);
  const { pipeline, rules } = await api.getDeployTarget(entity);
  if (pipelineId && pipelineId !== pipeline && pipelineId !== rules?.pipelineName) {
    throw mistake(`${stringifyEntityRef(entity)} is deployed by the pipeline ${pipeline}, not by ${pipelineId}.`);
  }
  return { entity, pipeline, rules };
}

/** The entity whose pipeline it is by the config repo. */
async function declaredEntity(pipelineId: string | undefined, harnessCd: HarnessCdService): Promise<CompoundEntityRef> {
  if (!pipelineId) throw mistake('The step has to name the entity that is deployed, as entityRef.');
  const rules = await harnessCd.deployRules({ ...harnessCd.scope, pipeline: pipelineId });
  if (rules) return parseEntityRef(rules.entity);
  throw mistake(
    `${pipelineId} is no pipeline of the config repo: the step has to name the entity that it deploys, as entityRef.`,
  );
}
