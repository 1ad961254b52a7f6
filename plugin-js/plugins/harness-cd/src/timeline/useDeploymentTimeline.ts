import { type InfiniteData, useInfiniteQuery, type UseInfiniteQueryResult } from '@tanstack/react-query';
import { type DeploymentFilter, MAX_STORIES, type TimelineResponse } from 'backstage-plugin-harness-cd-common';
import { FAILED_INTERVAL_MS, IDLE_INTERVAL_MS } from '../shared/pace';
import { reportsKey, retryUnlessRefused, useHarnessCd } from '../shared/useHarnessCd';
import { useLive } from '../shared/useLive';

/** Who has read on further than this reads what was: all of it is not asked for again, and nothing moves under the eyes. */
const FOLLOWED_PARTS = 3;

/** Under which the stories that a filter leaves over are kept. */
export function timelineKey(entityRef: string, filter: DeploymentFilter = {}) {
  return [...reportsKey(entityRef), 'timeline', filter] as const;
}

/** Whether what has been read of a long list is brought up to date by itself. */
export function isFollowed(data: InfiniteData<unknown> | undefined): boolean {
  return (data?.pages.length ?? 0) <= FOLLOWED_PARTS;
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
  const harnessCd = useHarnessCd();
  const { api, queryClient, entityName, entityRef } = harnessCd;
  const isLive = useLive([harnessCd]);
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
      refetchInterval: ({ state }) => (isLive && state.data ? false : IDLE_INTERVAL_MS),
    },
    queryClient,
  );
}
