import {
  type InfiniteData,
  useInfiniteQuery,
  type UseInfiniteQueryResult,
  useQuery,
  type UseQueryResult,
} from '@tanstack/react-query';
import { useApi } from '@backstage/frontend-plugin-api';
import {
  type FleetDeploymentsQuery,
  type FleetDeploymentsResponse,
  type FleetMatrixResponse,
  type FleetPart,
  MAX_PAGE_SIZE,
  MAX_STORIES,
} from 'backstage-plugin-harness-cd-common';
import { harnessCdApiRef, harnessCdQueryClientApiRef } from '../shared/api';
import { isFollowed } from '../shared/list/isFollowed';
import { FAILED_INTERVAL_MS, IDLE_INTERVAL_MS } from '../shared/pace';
import { retryUnlessRefused } from '../shared/useHarnessCd';

/** How long to wait before asking again while something goes on: of each run more is told on its own page, ms. */
const RUNNING_INTERVAL_MS = 5_000;

/** Under which is kept what is told of many entities. */
export function fleetKey(): readonly [string] {
  return ['fleet'];
}

/** Under which the deployments that a query chooses are kept. */
export function fleetDeploymentsKey(query: FleetDeploymentsQuery) {
  return [...fleetKey(), 'deployments', query] as const;
}

function intervalOf(data: InfiniteData<FleetDeploymentsResponse> | undefined): number {
  const [first] = data?.pages ?? [];
  if (first?.projects.some(({ failure }) => failure)) return FAILED_INTERVAL_MS;
  return first && first.counts.running > 0 ? RUNNING_INTERVAL_MS : IDLE_INTERVAL_MS;
}

/**
 * Deployments of all entities whose deployments the reader may see, newest first, part by part. Asks again by itself,
 * until more than three parts have been read.
 *
 * @param query - Which deployments; all where nothing is said.
 *
 * @public
 */
export function useFleetDeployments(
  query: Omit<FleetDeploymentsQuery, 'after' | 'limit'> = {},
): UseInfiniteQueryResult<InfiniteData<FleetDeploymentsResponse>> {
  const api = useApi(harnessCdApiRef);
  const queryClient = useApi(harnessCdQueryClientApiRef);
  return useInfiniteQuery(
    {
      queryKey: fleetDeploymentsKey(query),
      queryFn: ({ pageParam: after }) =>
        api.getFleetDeployments({ ...query, after, limit: after === undefined ? MAX_PAGE_SIZE : MAX_STORIES }),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: ({ next }) => next,
      retry: retryUnlessRefused,
      staleTime: FAILED_INTERVAL_MS,
      enabled: ({ state }) => isFollowed(state.data),
      refetchInterval: ({ state }) => intervalOf(state.data),
    },
    queryClient,
  );
}

/**
 * What of all entities runs where whose deployments the reader may see. Asks again by itself.
 *
 * @param part - Of which entities; of all where nothing is said.
 *
 * @public
 */
export function useFleetMatrix(part: FleetPart = {}): UseQueryResult<FleetMatrixResponse> {
  const api = useApi(harnessCdApiRef);
  const queryClient = useApi(harnessCdQueryClientApiRef);
  return useQuery(
    {
      queryKey: [...fleetKey(), 'matrix', part],
      queryFn: () => api.getFleetMatrix(part),
      retry: retryUnlessRefused,
      staleTime: FAILED_INTERVAL_MS,
      refetchInterval: IDLE_INTERVAL_MS,
    },
    queryClient,
  );
}
