import type { Entity } from '@backstage/catalog-model';
import { exampleAnnotation, hasHarnessAnnotation, namesPipeline } from './annotations';

function entity(annotations?: Record<string, string>): Entity {
  return { apiVersion: 'backstage.io/v1alpha1', kind: 'Component', metadata: { name: 'payment-service', annotations } };
}

it.each([
  [undefined, false, false],
  [{ 'harness.io/pipeline-url': ' ' }, false, false],
  [{ 'harness.io/pipeline-url': 'https://app.harness.io/…' }, true, true],
  [{ 'harness.io/pipelines': 'prod: https://app.harness.io/…' }, true, true],
  [{ 'harness.io/services': 'prod: https://app.harness.io/…' }, true, false],
  [{ 'other.io/pipelines': 'x' }, false, false],
])('tells from %j whether the entity is about Harness, and whether it names a pipeline', (annotations, about, named) => {
  expect(hasHarnessAnnotation(entity(annotations))).toBe(about);
  expect(namesPipeline(entity(annotations))).toBe(named);
});

it('fills the pipeline identifier of the example in', () => {
  expect(exampleAnnotation(entity())).toContain('/pipelines/payment_service_cd/');
});
