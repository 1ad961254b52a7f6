import type { Entity } from '@backstage/catalog-model';
import { HARNESS_ANNOTATIONS, HARNESS_PIPELINE_URL_ANNOTATION } from 'backstage-plugin-harness-cd-common';

/** Whether an entity says anything about Harness: decides whether card and tab are there, with a history or a reason. */
export function hasHarnessAnnotation(entity: Entity): boolean {
  return HARNESS_ANNOTATIONS.some(annotation => entity.metadata.annotations?.[annotation]?.trim());
}

/** The annotation to paste into the entity's file. */
export const EXAMPLE_ANNOTATION = [
  'metadata:',
  '  annotations:',
  `    ${HARNESS_PIPELINE_URL_ANNOTATION}: https://app.harness.io/ng/account/ACCOUNT/module/cd/orgs/ORG/projects/PROJECT/pipelines/PIPELINE/pipeline-studio/`,
].join('\n');
