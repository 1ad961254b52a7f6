import { type Entity, getCompoundEntityRef, stringifyEntityRef } from '@backstage/catalog-model';
import { useApi } from '@backstage/frontend-plugin-api';
import { useEntity } from '@backstage/plugin-catalog-react';
import { harnessCdApiRef, harnessCdQueryClientApiRef } from './api';
import { statusCodeOf } from './failure';
import { usePipelineLabel } from './pipeline';

/**
 * What every question about the entity of the page needs: whom to ask, about whom, and where answers are kept. `entityRef`
 * is what they are kept under: of an entity with several pipelines each has answers of its own.
 */
export function useHarnessCd() {
  const { entity } = useEntity();
  const label = usePipelineLabel();
  return {
    api: useApi(harnessCdApiRef),
    queryClient: useApi(harnessCdQueryClientApiRef),
    ...questionAbout(entity, label),
  };
}

/** Whom a question is about, and what its answers are kept under. */
export function questionAbout(entity: Entity, label: string | undefined) {
  const entityRef = stringifyEntityRef(entity);
  return {
    entityName: { ...getCompoundEntityRef(entity), ...(label === undefined ? {} : { pipeline: label }) },
    entityRef: label === undefined ? entityRef : `${entityRef}#${label}`,
  };
}

/** Under which every page of an entity's history is kept. */
export function deploymentsKey(entityRef: string): readonly [string, string] {
  return ['deployments', entityRef];
}

/** Under which is kept what the record of an entity's deployments tells. */
export function reportsKey(entityRef: string): readonly [string, string] {
  return ['reports', entityRef];
}

/** Under which is kept how far an execution is. */
export function executionKey(entityRef: string, executionId: string): readonly [string, string, string] {
  return ['execution', entityRef, executionId];
}

/** Whether the backend refuses a question: asking once more would change nothing. */
export function isRefused(error: Error): boolean {
  const status = statusCodeOf(error);
  return status !== undefined && status < 500;
}

/** Whether to ask again after a failure: not where the backend refuses. */
export function retryUnlessRefused(failureCount: number, error: Error): boolean {
  return !isRefused(error) && failureCount < 2;
}
