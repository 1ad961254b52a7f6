import {
  type InfiniteData,
  queryOptions,
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
  type HarnessCdApi,
  MAX_PAGE_SIZE,
  MAX_STORIES,
} from 'backstage-plugin-harness-cd-common';
import { harnessCdApiRef, harnessCdQueryClientApiRef } from '../shared/api';
import { isFollowed } from '../shared/list/isFollowed';
import type { Option } from '../shared/options';
import { FAILED_INTERVAL_MS, IDLE_INTERVAL_MS } from '../shared/pace';
import { retryUnlessRefused } from '../shared/useHarnessCd';
import { useLive } from '../shared/useLive';

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

/** Has one of the answers about many entities asked for again when any of those changes; whether that is so. */
function useLiveFleet(answer: 'deployments' | 'matrix'): boolean {
  const keys = [[...fleetKey(), answer]];
  return useLive([{ what: { id: `fleet ${answer}`, keys }, channels: api => api.getFleetChannels() }]);
}

function intervalOf(data: InfiniteData<FleetDeploymentsResponse> | undefined, isLive: boolean): number | false {
  const [first] = data?.pages ?? [];
  if (isLive && first) return first.counts.running > 0 && IDLE_INTERVAL_MS;
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
  const isLive = useLiveFleet('deployments');
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
      refetchInterval: ({ state }) => intervalOf(state.data, isLive),
    },
    queryClient,
  );
}

function matrixQuery(api: HarnessCdApi, part: FleetPart) {
  return queryOptions({
    queryKey: [...fleetKey(), 'matrix', part],
    queryFn: () => api.getFleetMatrix(part),
    retry: retryUnlessRefused,
    staleTime: FAILED_INTERVAL_MS,
  });
}

type Places = Record<'environment' | 'region', Option[]>;

const NO_PLACES: Places = { environment: [], region: [] };

/** The places of all services, each once. */
function placesOf({ services }: FleetMatrixResponse): Places {
  const environments = new Map<string, string>();
  const regions = new Set<string>();
  for (const { matrix } of services) {
    for (const { environment, environmentName, regions: cells } of matrix.environments) {
      environments.set(environment, environmentName ?? environment);
      cells.forEach(({ region }) => region !== undefined && regions.add(region));
    }
  }
  return {
    environment: [...environments].map(([value, label]) => ({ value, label })),
    region: [...regions].sort().map(value => ({ value, label: value })),
  };
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
  const isLive = useLiveFleet('matrix');
  return useQuery(
    {
      ...matrixQuery(api, part),
      refetchInterval: ({ state }) => (isLive && state.data ? false : IDLE_INTERVAL_MS),
    },
    queryClient,
  );
}

/** The places of a part of the fleet, for a choice: they change too seldom to be asked for again and again. */
export function useFleetPlaces(part: FleetPart): Places {
  const api = useApi(harnessCdApiRef);
  const queryClient = useApi(harnessCdQueryClientApiRef);
  const { data = NO_PLACES } = useQuery({ ...matrixQuery(api, part), select: placesOf }, queryClient);
  return data;
}
