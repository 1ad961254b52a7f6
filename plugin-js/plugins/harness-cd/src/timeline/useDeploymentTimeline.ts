import { type InfiniteData, useInfiniteQuery, type UseInfiniteQueryResult } from '@tanstack/react-query';
import type { DeploymentFilter, TimelineResponse } from 'backstage-plugin-harness-cd-common';
import { FAILED_INTERVAL_MS, IDLE_INTERVAL_MS } from '../shared/pace';
import { reportsKey, retryUnlessRefused, useHarnessCd } from '../shared/useHarnessCd';

/**
 * What happened to the page's entity, newest first and told as stories, part by part. Asks again by itself.
 *
 * @param filter - Which stories; all where nothing is said.
 *
 * @public
 */
export function useDeploymentTimeline(
  filter: DeploymentFilter = {},
): UseInfiniteQueryResult<InfiniteData<TimelineResponse>> {
  const { api, queryClient, entityName, entityRef } = useHarnessCd();
  return useInfiniteQuery(
    {
      queryKey: [...reportsKey(entityRef), 'timeline', filter],
      queryFn: ({ pageParam: after }) => api.getTimeline(entityName, { ...filter, after }),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: ({ timeline }) => timeline.next,
      retry: retryUnlessRefused,
      staleTime: FAILED_INTERVAL_MS,
      refetchInterval: IDLE_INTERVAL_MS,
    },
    queryClient,
  );
}
