import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { getCompoundEntityRef, stringifyEntityRef } from '@backstage/catalog-model';
import { useApi } from '@backstage/frontend-plugin-api';
import { useEntity } from '@backstage/plugin-catalog-react';
import type { PipelinesResponse } from 'backstage-plugin-harness-cd-common';
import { harnessCdApiRef, harnessCdQueryClientApiRef } from './api';
import { retryUnlessRefused } from './useHarnessCd';

/** What an entity is tied to changes seldom. */
const STALE_MS = 60_000;

/** Which pipelines the page's entity has, and which it might name. */
export function usePipelines(): UseQueryResult<PipelinesResponse> {
  const { entity } = useEntity();
  const api = useApi(harnessCdApiRef);
  const entityRef = stringifyEntityRef(entity);
  const annotations = entity.metadata.annotations ?? {};
  return useQuery(
    {
      queryKey: ['pipelines', entityRef, annotations],
      queryFn: () => api.getPipelines(getCompoundEntityRef(entity)),
      retry: retryUnlessRefused,
      staleTime: STALE_MS,
    },
    useApi(harnessCdQueryClientApiRef),
  );
}
