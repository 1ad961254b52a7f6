import { type Entity, stringifyEntityRef } from '@backstage/catalog-model';
import { HARNESS_PIPELINE_URL_ANNOTATION, type HarnessScope } from 'backstage-plugin-harness-cd-common';
import { harnessFailure, type HarnessCdService } from 'backstage-plugin-harness-cd-node';

/** The identifier of the pipeline that an entity's annotations name, or of the one that deploys the service they name. */
export async function pipelineOf(entity: Entity, harnessCd: HarnessCdService): Promise<string> {
  const { pipelines, services, problems } = harnessCd.readAnnotations(entity.metadata.annotations ?? {});
  const target = (pipelines[0] ?? services[0])?.target;
  if (!target) throw withoutPipeline(entity, problems[0]);
  if (!isSameScope(target, harnessCd.scope)) {
    throw harnessFailure(
      'WRONG_SCOPE',
      `The entity's page in Harness is in ${scopeText(target)}; this portal is configured for ${scopeText(harnessCd.scope)}.`,
    );
  }
  return target.pipeline ?? pipelineOfService(target.service, harnessCd);
}

async function pipelineOfService(service: string | undefined, harnessCd: HarnessCdService): Promise<string> {
  const rules = service && (await harnessCd.deployRulesOfService(service));
  if (rules) return rules.pipeline;
  throw harnessFailure('PIPELINE_NOT_FOUND', `The config repo has no service ${service}.`, {
    hint: `Name the pipeline itself with the annotation ${HARNESS_PIPELINE_URL_ANNOTATION}.`,
  });
}

function withoutPipeline(entity: Entity, problem: { annotation: string; message: string } | undefined): Error {
  const entityRef = stringifyEntityRef(entity);
  if (problem) {
    return harnessFailure('INVALID_CONFIG', `The annotation ${problem.annotation} of ${entityRef}: ${problem.message}`, {
      hint: "Correct the annotation in the entity's file.",
    });
  }
  return harnessFailure('PIPELINE_NOT_FOUND', `${entityRef} names no pipeline of Harness.`, {
    hint: `Add the annotation ${HARNESS_PIPELINE_URL_ANNOTATION} with the address of its pipeline.`,
  });
}

function isSameScope(one: Partial<HarnessScope>, other: HarnessScope): boolean {
  return one.account === other.account && one.org === other.org && one.project === other.project;
}

function scopeText({ account, org, project }: Partial<HarnessScope>): string {
  return `account ${account}, organization ${org}, project ${project}`;
}
