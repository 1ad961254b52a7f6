import type { Entity } from '@backstage/catalog-model';
import { EXAMPLE_ANNOTATION, hasHarnessAnnotation, mayHaveDeployments } from './annotations';

function entity(annotations?: Record<string, string>): Entity {
  return { apiVersion: 'backstage.io/v1alpha1', kind: 'Component', metadata: { name: 'payment-service', annotations } };
}

it.each([
  [undefined, false],
  [{ 'harness.io/pipeline-url': ' ' }, false],
  [{ 'harness.io/pipeline-url': 'https://app.harness.io/…' }, true],
  [{ 'harness.io/pipelines-stage': 'prod: https://app.harness.io/…' }, true],
  [{ 'harness.io/services': 'prod: https://app.harness.io/…' }, true],
  [{ 'harness.io/project-url': 'https://app.harness.io/…', 'harness.io/cd-serviceId': 'shop' }, true],
  [{ 'other.io/pipelines': 'x' }, false],
])('tells from %j whether the entity is about Harness', (annotations, expected) => {
  expect(hasHarnessAnnotation(entity(annotations))).toBe(expected);
});

it('gives an example that counts', () => {
  const [key, value] = EXAMPLE_ANNOTATION.split('\n')[2]
    .trim()
    .split(/: (.*)/);
  expect(hasHarnessAnnotation(entity({ [key]: value }))).toBe(true);
});

it.each([
  ['service', undefined, true],
  ['library', undefined, false],
  ['library', { 'harness.io/services': 'https://app.harness.io/…' }, true],
])('gives the tab to a %s with the annotations %j: %s', (type, annotations, expected) => {
  expect(mayHaveDeployments({ ...entity(annotations), spec: { type } })).toBe(expected);
});
