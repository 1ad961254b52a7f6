import { type Entity, stringifyEntityRef } from '@backstage/catalog-model';
import { InputError } from '@backstage/errors';
import {
  type AnnotationProblem,
  HARNESS_PIPELINE_URL_ANNOTATION,
  type LabelledUrl,
} from 'backstage-plugin-harness-cd-common';
import { isPageOf } from 'harness-cd-wasm';
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
  const page = pipelines[0] ?? services[0];
  if (!page) throw withoutPipeline(entity, problems[0]);
  refuseOtherHost(page, harnessCd);
  const { target } = page;
  refuseOtherScope("The entity's page in Harness", target, harnessCd.scope);
  const { account, org, project } = target;
  const named = target.pipeline ?? (await pipelineOfService(target.service, harnessCd));
  const { branch } = target;
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

function refuseOtherHost({ url, target }: LabelledUrl, { baseUrl }: HarnessCdService): void {
  if (isPageOf(url, baseUrl)) return;
  throw harnessFailure(
    'WRONG_SCOPE',
    `The entity's page in Harness is on ${target.host}; this portal is configured for ${baseUrl}.`,
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
