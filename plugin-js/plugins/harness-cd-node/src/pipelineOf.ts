import { type Entity, stringifyEntityRef } from '@backstage/catalog-model';
import { InputError } from '@backstage/errors';
import {
  type AnnotationProblem,
  HARNESS_PIPELINE_URL_ANNOTATION,
  type HarnessUrl,
  type LabelledUrl,
  type PipelineRef,
} from 'backstage-plugin-harness-cd-common';
import { gather, harnessFailure, type HarnessFailure } from './errors';
import type { EntityPipeline, HarnessCdService } from './HarnessCdService';
import { refuseOutOfReach } from './reach';

/**
 * A pipeline that an entity claims: an annotation by itself is no more than that.
 *
 * @public
 */
export interface PipelineClaim {
  /** What the pipeline is called among those of the entity. */
  label: string;
  /** The pipeline. It may be out of reach: {@link pipelineOf} refuses it then. */
  pipeline: PipelineRef;
  /** The address that names it, where one does. */
  url?: string;
  /** The entity's services in the pipeline's project. */
  services: string[];
  /** Whether it was found because it deployed one of them lately. */
  isFound: boolean;
}

/**
 * The pipeline of an entity that a question is about, and what it is called there.
 *
 * @public
 */
export type ChosenPipeline = EntityPipeline & Pick<PipelineClaim, 'label' | 'services' | 'isFound'>;

/**
 * The pipelines that an entity claims.
 *
 * @public
 */
export interface PipelineClaims {
  /** In the order of the annotations. */
  claims: PipelineClaim[];
  /** What of the annotations cannot be read. */
  problems: AnnotationProblem[];
  /** Why the pipelines of a service were not found. */
  failures: HarnessFailure[];
}

/**
 * What an entity's claims follow from.
 *
 * @public
 */
export type ClaimSources = Pick<
  HarnessCdService,
  'accounts' | 'readAnnotations' | 'deployRulesOfService' | 'pipelinesThatDeployed'
>;

/**
 * The pipelines that an entity's annotations name, and those that deploy the services they name: by the config repo, or
 * by what deployed them lately. A failure to find the ones hides nothing of the others.
 *
 * @public
 */
export async function pipelinesOf(entity: Entity, harnessCd: ClaimSources): Promise<PipelineClaims> {
  const { pipelines, services, problems } = harnessCd.readAnnotations(entity.metadata.annotations ?? {});
  const claims = pipelines.map(link => namedClaim(link, services)).filter(claim => claim !== undefined);
  const isNamed = ({ target }: LabelledUrl) => claims.some(({ pipeline }) => isSameProject(pipeline, target));
  const others = services.filter(service => !isNamed(service));
  const { found, failures } = await gather(others.map(service => claimsOfService(service, harnessCd)));
  found.forEach(claim => addClaim(claims, claim));
  return { claims, problems, failures };
}

/**
 * The pipeline of an entity that has the label; its first where none is given. Whether it may run is for
 * {@link HarnessCdService.checkDeploy} to say, and whether it may be seen for {@link visiblePipelineOf}.
 *
 * @public
 */
export async function pipelineOf(entity: Entity, harnessCd: HarnessCdService, label?: string): Promise<ChosenPipeline> {
  const all = await pipelinesOf(entity, harnessCd);
  const claim = label === undefined ? all.claims[0] : all.claims.find(candidate => candidate.label === label);
  if (!claim) throw withoutPipeline(entity, all, label);
  const { pipeline, url, services, isFound } = claim;
  refuseOutOfReach("The entity's page in Harness", { ...pipeline, url }, harnessCd.accounts);
  const rules = await harnessCd.deployRules(pipeline);
  return { entityRef: stringifyEntityRef(entity), label: claim.label, pipeline, services, isFound, rules };
}

/**
 * The pipeline of an entity whose history and inputs may be shown. Throws `FOREIGN_PIPELINE` where it is somebody
 * else's, or names nobody and annotations are not trusted so far.
 *
 * @public
 */
export async function visiblePipelineOf(
  entity: Entity,
  harnessCd: HarnessCdService,
  label?: string,
): Promise<ChosenPipeline> {
  const target = await pipelineOf(entity, harnessCd, label);
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

function namedClaim({ label, url, target }: LabelledUrl, links: LabelledUrl[]): PipelineClaim | undefined {
  const { account, org = '', project = '', pipeline, branch } = target;
  if (!pipeline) return undefined;
  const ref = { account, org, project, pipeline, ...(branch ? { branch } : {}) };
  const own = links.filter(link => isSameProject(ref, link.target)).map(link => link.target.service);
  return { label, pipeline: ref, url, services: own.filter(service => service !== undefined), isFound: false };
}

/** The pipelines of a service, by the config repo or by what deployed it lately. */
async function claimsOfService({ url, target }: LabelledUrl, harnessCd: ClaimSources): Promise<PipelineClaim[]> {
  const { service = '' } = target;
  const page = { account: target.account, org: target.org, project: target.project, url };
  refuseOutOfReach("The entity's page in Harness", page, harnessCd.accounts);
  const { account, org, project } = page;
  const scope = { account, org, project };
  const rules = await harnessCd.deployRulesOfService(scope, service);
  if (rules) {
    const pipeline = { ...scope, pipeline: rules.pipeline };
    return [{ label: rules.pipelineName, pipeline, url, services: [], isFound: false }];
  }
  const found = await harnessCd.pipelinesThatDeployed(scope, service);
  if (found.length === 0) {
    throw harnessFailure(
      'PIPELINE_NOT_FOUND',
      `No pipeline of ${org}/${project} deployed the service ${service} lately.`,
      {
        hint: `Name the pipeline itself with the annotation ${HARNESS_PIPELINE_URL_ANNOTATION}.`,
      },
    );
  }
  return found.map(({ pipeline, name }) => ({
    label: name,
    pipeline: { ...scope, pipeline },
    url,
    services: [service],
    isFound: true,
  }));
}

/** Adds a claim: to what is known of its pipeline, or under a label that no other has. */
function addClaim(claims: PipelineClaim[], claim: PipelineClaim): void {
  const { pipeline, services } = claim;
  const known = claims.find(
    other => isSameProject(other.pipeline, pipeline) && other.pipeline.pipeline === pipeline.pipeline,
  );
  if (known) {
    known.services = [...new Set([...known.services, ...services])];
    return;
  }
  const isTaken = claims.some(({ label }) => label === claim.label);
  claims.push(isTaken ? { ...claim, label: `${claim.label} (${placeOf(pipeline)})` } : claim);
}

/** Where a pipeline is that has the name of another: an account may have the same organizations as another. */
function placeOf({ account, org, project, pipeline }: PipelineRef): string {
  return [account, org, project, pipeline].join('/');
}

function isSameProject(one: Pick<HarnessUrl, 'account' | 'org' | 'project'>, other: typeof one): boolean {
  return one.account === other.account && one.org === other.org && one.project === other.project;
}

function withoutPipeline(entity: Entity, { claims, problems, failures }: PipelineClaims, label?: string): Error {
  const entityRef = stringifyEntityRef(entity);
  if (claims.length > 0) {
    // What was not found may be what is meant.
    const [failure] = failures;
    if (failure) return failure;
    const labels = claims.map(claim => claim.label).join(', ');
    return harnessFailure('PIPELINE_NOT_FOUND', `${entityRef} has no pipeline called ${label}; it has ${labels}.`, {
      hint: 'Choose one of these.',
    });
  }
  const [problem] = problems;
  if (problem) {
    return harnessFailure('INVALID_CONFIG', problemText(entity, problem), {
      hint: "Correct the annotation in the entity's file.",
      // The entity's mistake, and no outage of the portal.
      error: InputError,
    });
  }
  const [failure] = failures;
  if (failure) return failure;
  return harnessFailure('PIPELINE_NOT_FOUND', `${entityRef} names no pipeline of Harness.`, {
    hint: `Add the annotation ${HARNESS_PIPELINE_URL_ANNOTATION} with the address of its pipeline.`,
  });
}

/**
 * What is wrong with an annotation, as a sentence.
 *
 * @public
 */
export function problemText(entity: Entity, { annotation, message }: AnnotationProblem): string {
  return `The annotation ${annotation} of ${stringifyEntityRef(entity)}: ${message}`;
}
