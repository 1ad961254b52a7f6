import { parseEntityRef } from '@backstage/catalog-model';
import type { InputValue } from 'backstage-plugin-harness-cd-common';

/**
 * What a template gives `HarnessCdInputs` as its `ui:options`.
 *
 * @public
 */
export interface HarnessCdInputsOptions {
  /** The entity whose pipeline runs, where it is always the same. */
  entityRef?: string;
  /** The parameter of the template that holds the entity; `component` where nothing is said. */
  entityField?: string;
  /** Which of the entity's pipelines runs, by its label; its first where nothing is said. */
  pipeline?: string;
}

/**
 * What a template gets: values of the pipeline's inputs by their pointers, as `variables` of `harness:trigger-pipeline`
 * takes them.
 *
 * @public
 */
export type HarnessCdInputsValue = Record<string, InputValue>;

/** The entity whose pipeline runs, by what the template says and what was filled in; undefined before it is chosen. */
export function chosenEntity({ entityRef, entityField = 'component' }: HarnessCdInputsOptions, formData: unknown) {
  const filledIn = typeof formData === 'object' && formData !== null ? Object.entries(formData) : [];
  const text = entityRef ?? Object.fromEntries(filledIn)[entityField];
  if (typeof text !== 'string' || text === '') return undefined;
  try {
    return parseEntityRef(text, { defaultKind: 'component', defaultNamespace: 'default' });
  } catch {
    return undefined;
  }
}
