import { type Entity, stringifyEntityRef } from '@backstage/catalog-model';
import { InputError } from '@backstage/errors';
import {
  type AnnotationProblem,
  HARNESS_PIPELINE_URL_ANNOTATION,
  type HarnessUrl,
} from 'backstage-plugin-harness-cd-common';
import { harnessFailure } from './errors';
import type { EntityPipeline, HarnessCdService } from './HarnessCdService';
import { refuseOtherScope } from './scope';

/**
 * The pipeline that an entity's annotations name, or the one that deploys the service they name. Whether it may run is
 * for {@link HarnessCdService.checkDeploy} to say, and whether it may be seen for {@link visiblePipelineOf}: an
 * annotation by itself is no more than a claim.
 *
 * @public
 */
export async function pipelineOf(entity: Entity, harnessCd: HarnessCdService): Promise<EntityPipeline> {
  const { pipelines, services, problems } = harnessCd.readAnnotations(entity.metadata.annotations ?? {});
  const target = (pipelines[0] ?? services[0])?.target;
  if (!target) throw withoutPipeline(entity, problems[0]);
  refuseOtherHost(target, harnessCd);
  refuseOtherScope("The entity's page in Harness", target, harnessCd.scope);
  const { account, org, project } = target;
  const named = target.pipeline ?? (await pipelineOfService(target.service, harnessCd));
  const branch = branchOf(target);
  const pipeline = { account, org, project, pipeline: named, ...(branch ? { branch } : {}) };
  return { entityRef: stringifyEntityRef(entity), pipeline, rules: await harnessCd.deployRules(pipeline) };
}

/**
 * The pipeline of an entity whose history and inputs may be shown. Throws `FOREIGN_PIPELINE` where it is somebody
 * else's, or names nobody and annotations are not trusted so far.
 *
 * @public
 */
export async function visiblePipelineOf(entity: Entity, harnessCd: HarnessCdService): Promise<EntityPipeline> {
  const target = await pipelineOf(entity, harnessCd);
  await refuseForeign(target, harnessCd);
  return target;
}

/**
 * Throws `FOREIGN_PIPELINE` where an entity may not see its pipeline.
 *
 * @public
 */
export async function refuseForeign(target: EntityPipeline, harnessCd: HarnessCdService): Promise<void> {
  const ownership = await harnessCd.judgeReading(target);
  if (ownership.kind === 'own') return;
  const { message, hint } = ownership;
  throw harnessFailure('FOREIGN_PIPELINE', `${message}. ${hint}.`, { hint: `${hint}.` });
}

/** The branch that the page of a pipeline names, where it is kept in Git. */
function branchOf(target: HarnessUrl & { branch?: string }): string | undefined {
  return target.branch;
}

function refuseOtherHost({ host }: HarnessUrl, { uiHost }: HarnessCdService): void {
  if (uiHost === undefined || host === uiHost) return;
  throw harnessFailure(
    'WRONG_SCOPE',
    `The entity's page in Harness is on ${host}; this portal is configured for ${uiHost}.`,
    { hint: "Compare the host in the entity's harness.io annotation with harnessCd.baseUrl in app-config." },
  );
}

async function pipelineOfService(service: string | undefined, harnessCd: HarnessCdService): Promise<string> {
  const rules = service && (await harnessCd.deployRulesOfService(service));
  if (rules) return rules.pipeline;
  throw harnessFailure('PIPELINE_NOT_FOUND', `The config repo has no service ${service}.`, {
    hint: `Name the pipeline itself with the annotation ${HARNESS_PIPELINE_URL_ANNOTATION}.`,
  });
}

function withoutPipeline(entity: Entity, problem: AnnotationProblem | undefined): Error {
  const entityRef = stringifyEntityRef(entity);
  if (problem) {
    const { annotation, message } = problem;
    return harnessFailure('INVALID_CONFIG', `The annotation ${annotation} of ${entityRef}: ${message}`, {
      hint: "Correct the annotation in the entity's file.",
      // The entity's mistake, and no outage of the portal.
      error: InputError,
    });
  }
  return harnessFailure('PIPELINE_NOT_FOUND', `${entityRef} names no pipeline of Harness.`, {
    hint: `Add the annotation ${HARNESS_PIPELINE_URL_ANNOTATION} with the address of its pipeline.`,
  });
}
