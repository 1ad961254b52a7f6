import { queryOptions, useQueries, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { useEntity } from '@backstage/plugin-catalog-react';
import {
  MAX_PAGE_SIZE,
  type Deployment,
  type DeploymentsQuery,
  type DeploymentsResponse,
} from 'backstage-plugin-harness-cd-common';
import { startKey, type Start } from './start';
import { isAwaited } from './isAwaited';
import {
  FAILED_INTERVAL_MS,
  IDLE_INTERVAL_MS,
  isAtWork,
  isBeingRead,
  LIVE_INTERVAL_MS,
  pace,
  type Paced,
} from './pace';
import { deploymentsKey, questionAbout, retryUnlessRefused, useHarnessCd } from './useHarnessCd';
import { useLiveEntities, useLiveHarnessCd } from './useLive';

/** Runs of one page of the history. */
const PAGE_SIZE = 25;

/** As many as there may be where Harness does not choose by itself: whatever is looked for, the same are looked through. */
function pageSizeOf({ region, text }: Omit<DeploymentsQuery, 'pageSize'>): number {
  return region || text ? MAX_PAGE_SIZE : PAGE_SIZE;
}

function intervalOf(
  state: Paced<DeploymentsResponse>,
  { start, isLive }: { start: Start | null | undefined; isLive: boolean },
): number | false {
  if (isAwaited(start, state.data?.deployments)) return LIVE_INTERVAL_MS;
  if (isBeingRead(state.data)) return LIVE_INTERVAL_MS;
  // What is at work is followed as long as somebody asks for it.
  if (isLive && state.data) return state.data.deployments.some(isAtWork) && IDLE_INTERVAL_MS;
  // The backend asks Harness once for all who wait for it to be back.
  if (state.data?.failure) return FAILED_INTERVAL_MS;
  return state.data?.deployments.some(isAtWork) ? pace(state) : IDLE_INTERVAL_MS;
}

/**
 * One page of the history of the page's entity. Asks again by itself: often while something runs, less often while
 * nothing changes, at once when the page is looked at again, and not while it is hidden; where the backend tells what changes, only then.
 *
 * @param query - Which part of the history; its newest page where nothing is said.
 *
 * @public
 */
export function useDeployments(
  query: Omit<DeploymentsQuery, 'pageSize'> = { page: 0 },
): UseQueryResult<DeploymentsResponse> {
  const harnessCd = useLiveHarnessCd();
  const { entityRef, queryClient } = harnessCd;
  return useQuery(
    {
      ...deploymentsQuery(harnessCd, query),
      // The page before stays visible while the next one loads, but never the rows of another entity.
      placeholderData: (previous, previousQuery) => (previousQuery?.queryKey[1] === entityRef ? previous : undefined),
    },
    queryClient,
  );
}

/** Every row of the page's entity that was read for this page so far, whatever it was narrowed to. */
export function useSeenDeployments(): Deployment[] {
  const { queryClient, entityRef } = useHarnessCd();
  const pages = queryClient.getQueriesData<DeploymentsResponse>({ queryKey: deploymentsKey(entityRef) });
  return pages.flatMap(([, page]) => page?.deployments ?? []);
}

/** The newest page of each of the entity's pipelines, by their labels. */
export function useDeploymentsOf(labels: string[]): UseQueryResult<DeploymentsResponse>[] {
  const { entity } = useEntity();
  const { api, queryClient } = useHarnessCd();
  const questions = labels.map(label => questionAbout(entity, label));
  const isLive = useLiveEntities(questions);
  const queries = questions.map(question => deploymentsQuery({ api, queryClient, isLive, ...question }, { page: 0 }));
  return useQueries({ queries }, queryClient);
}

function deploymentsQuery(harnessCd: ReturnType<typeof useLiveHarnessCd>, query: Omit<DeploymentsQuery, 'pageSize'>) {
  const { api, queryClient, entityName, entityRef, isLive } = harnessCd;
  return queryOptions({
    queryKey: [...deploymentsKey(entityRef), query],
    queryFn: () => api.getDeployments(entityName, { ...query, pageSize: pageSizeOf(query) }),
    retry: retryUnlessRefused,
    // What comes to the page a moment later shows what is there.
    staleTime: LIVE_INTERVAL_MS,
    refetchInterval: ({ state }) => intervalOf(state, { start: queryClient.getQueryData(startKey(entityRef)), isLive }),
  });
}
