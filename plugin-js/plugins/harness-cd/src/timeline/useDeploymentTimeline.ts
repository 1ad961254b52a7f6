import { type InfiniteData, useInfiniteQuery, type UseInfiniteQueryResult } from '@tanstack/react-query';
import type { DeploymentFilter, TimelineResponse } from 'backstage-plugin-harness-cd-common';
import { FAILED_INTERVAL_MS, IDLE_INTERVAL_MS } from '../shared/pace';
import { reportsKey, retryUnlessRefused, useHarnessCd } from '../shared/useHarnessCd';
import { useLive } from '../shared/useLive';

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
  const harnessCd = useHarnessCd();
  const { api, queryClient, entityName, entityRef } = harnessCd;
  const isLive = useLive([harnessCd]);
  return useInfiniteQuery(
    {
      queryKey: [...reportsKey(entityRef), 'timeline', filter],
      queryFn: ({ pageParam: after }) => api.getTimeline(entityName, { ...filter, after }),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: ({ timeline }) => timeline.next,
      retry: retryUnlessRefused,
      staleTime: FAILED_INTERVAL_MS,
      refetchInterval: ({ state }) => (isLive && state.data ? false : IDLE_INTERVAL_MS),
    },
    queryClient,
  );
}
