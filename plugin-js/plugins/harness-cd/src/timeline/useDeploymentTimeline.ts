import { type InfiniteData, useInfiniteQuery, type UseInfiniteQueryResult } from '@tanstack/react-query';
import { type DeploymentFilter, MAX_STORIES, type TimelineResponse } from 'backstage-plugin-harness-cd-common';
import { isFollowed } from '../shared/list/isFollowed';
import { FAILED_INTERVAL_MS, recordInterval } from '../shared/pace';
import { reportsKey, retryUnlessRefused } from '../shared/useHarnessCd';
import { useLiveHarnessCd } from '../shared/useLive';

/** Under which the stories that a filter leaves over are kept. */
export function timelineKey(entityRef: string, filter: DeploymentFilter = {}) {
  return [...reportsKey(entityRef), 'timeline', filter] as const;
}

/**
 * What happened to the page's entity, newest first and told as stories, part by part. Asks again by itself, until more than
 * three parts have been read; reset the query then to begin anew.
 *
 * @param filter - Which stories; all where nothing is said.
 *
 * @public
 */
export function useDeploymentTimeline(
  filter: DeploymentFilter = {},
): UseInfiniteQueryResult<InfiniteData<TimelineResponse>> {
  const { api, queryClient, entityName, entityRef, isLive } = useLiveHarnessCd();
  return useInfiniteQuery(
    {
      queryKey: timelineKey(entityRef, filter),
      queryFn: ({ pageParam: after }) =>
        api.getTimeline(entityName, { ...filter, after, limit: after === undefined ? undefined : MAX_STORIES }),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: ({ timeline }) => timeline.next,
      retry: retryUnlessRefused,
      staleTime: FAILED_INTERVAL_MS,
      enabled: ({ state }) => isFollowed(state.data),
      refetchInterval: ({ state }) => recordInterval(state.data?.pages[0], isLive),
    },
    queryClient,
  );
}
