import type { Entity } from '@backstage/catalog-model';
import { HARNESS_ANNOTATIONS, HARNESS_PIPELINE_URL_ANNOTATION } from 'backstage-plugin-harness-cd-common';

/** Whether an entity says anything about Harness: decides whether the card is there, with a history or a reason. */
export function hasHarnessAnnotation(entity: Entity): boolean {
  return HARNESS_ANNOTATIONS.some(annotation => entity.metadata.annotations?.[annotation]?.trim());
}

/** Whether an entity names one pipeline, by its address, so that nobody needs to be asked which it has. */
export function namesOnePipeline(entity: Entity): boolean {
  const used = HARNESS_ANNOTATIONS.filter(annotation => entity.metadata.annotations?.[annotation]?.trim());
  return used.length === 1 && used[0] === HARNESS_PIPELINE_URL_ANNOTATION;
}

/** The annotation to paste into the entity's file. */
export const EXAMPLE_ANNOTATION = annotationOf(
  'https://app.harness.io/ng/account/ACCOUNT/module/cd/orgs/ORG/projects/PROJECT/pipelines/PIPELINE/pipeline-studio/',
);

/** The annotation that names the pipeline at an address. */
export function annotationOf(url: string): string {
  return ['metadata:', '  annotations:', `    ${HARNESS_PIPELINE_URL_ANNOTATION}: ${url}`].join('\n');
}

/** Whether an entity has the tab: it says something about Harness, or is a service, which may want to. */
export function mayHaveDeployments(entity: Entity): boolean {
  return hasHarnessAnnotation(entity) || (entity.kind === 'Component' && entity.spec?.type === 'service');
}
