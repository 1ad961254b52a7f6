import { type Entity, stringifyEntityRef } from '@backstage/catalog-model';
import {
  type AnnotationProblem,
  HARNESS_PIPELINE_URL_ANNOTATION,
  type PipelineRef,
} from 'backstage-plugin-harness-cd-common';
import { harnessFailure } from './errors';
import type { HarnessCdService } from './HarnessCdService';
import { refuseOtherScope } from './scope';

/**
 * The pipeline that an entity's annotations name, or the one that deploys the service they name.
 *
 * @public
 */
export async function pipelineOf(entity: Entity, harnessCd: HarnessCdService): Promise<PipelineRef> {
  const { pipelines, services, problems } = harnessCd.readAnnotations(entity.metadata.annotations ?? {});
  const target = (pipelines[0] ?? services[0])?.target;
  if (!target) throw withoutPipeline(entity, problems[0]);
  refuseOtherScope("The entity's page in Harness", target, harnessCd.scope);
  const { account, org, project } = target;
  const pipeline = target.pipeline ?? (await pipelineOfService(target.service, harnessCd));
  return { account, org, project, pipeline };
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
    return harnessFailure(
      'INVALID_CONFIG',
      `The annotation ${problem.annotation} of ${entityRef}: ${problem.message}`,
      {
        hint: "Correct the annotation in the entity's file.",
      },
    );
  }
  return harnessFailure('PIPELINE_NOT_FOUND', `${entityRef} names no pipeline of Harness.`, {
    hint: `Add the annotation ${HARNESS_PIPELINE_URL_ANNOTATION} with the address of its pipeline.`,
  });
}
