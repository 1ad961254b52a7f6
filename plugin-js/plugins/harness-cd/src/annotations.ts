import type { Entity } from '@backstage/catalog-model';
import {
  HARNESS_PIPELINE_URL_ANNOTATION,
  HARNESS_PIPELINES_ANNOTATION,
  HARNESS_SERVICES_ANNOTATION,
} from 'backstage-plugin-harness-cd-common';

const PIPELINE_ANNOTATIONS = [HARNESS_PIPELINE_URL_ANNOTATION, HARNESS_PIPELINES_ANNOTATION];
const ANNOTATIONS = [...PIPELINE_ANNOTATIONS, HARNESS_SERVICES_ANNOTATION];

function hasOneOf(entity: Entity, annotations: string[]): boolean {
  return annotations.some(annotation => entity.metadata.annotations?.[annotation]?.trim());
}

/** Whether an entity says anything about Harness: decides whether card and tab are there at all. */
export function hasHarnessAnnotation(entity: Entity): boolean {
  return hasOneOf(entity, ANNOTATIONS);
}

/** Whether an entity names a pipeline, without which there is neither a history nor anything to start. */
export function namesPipeline(entity: Entity): boolean {
  return hasOneOf(entity, PIPELINE_ANNOTATIONS);
}

/** The annotation to paste into the entity's file, with its pipeline's identifier filled in. */
export function exampleAnnotation(entity: Entity): string {
  const pipeline = `${entity.metadata.name}_cd`.replace(/[-.]/g, '_');
  return [
    'metadata:',
    '  annotations:',
    `    ${HARNESS_PIPELINE_URL_ANNOTATION}: https://app.harness.io/ng/account/ACCOUNT/module/cd/orgs/ORG/projects/PROJECT/pipelines/${pipeline}/pipeline-studio/`,
  ].join('\n');
}
