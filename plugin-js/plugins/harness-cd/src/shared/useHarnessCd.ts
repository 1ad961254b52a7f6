import { getCompoundEntityRef, stringifyEntityRef } from '@backstage/catalog-model';
import { useApi } from '@backstage/frontend-plugin-api';
import { useEntity } from '@backstage/plugin-catalog-react';
import { harnessCdApiRef, harnessCdQueryClientApiRef } from './api';
import { statusCodeOf } from './failure';

/** What every question about the entity of the page needs: whom to ask, about whom, and where answers are kept. */
export function useHarnessCd() {
  const { entity } = useEntity();
  return {
    api: useApi(harnessCdApiRef),
    queryClient: useApi(harnessCdQueryClientApiRef),
    entityName: getCompoundEntityRef(entity),
    entityRef: stringifyEntityRef(entity),
  };
}

/** Under which every page of an entity's history is kept. */
export function deploymentsKey(entityRef: string): readonly [string, string] {
  return ['deployments', entityRef];
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
