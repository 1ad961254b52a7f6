import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { DeploymentMatrix, MatrixResponse } from 'backstage-plugin-harness-cd-common';
import { FAILED_INTERVAL_MS, IDLE_INTERVAL_MS, isBeingRead, LIVE_INTERVAL_MS } from '../shared/pace';
import { reportsKey, retryUnlessRefused } from '../shared/useHarnessCd';
import { useLiveHarnessCd } from '../shared/useLive';

/** How long to wait before asking again while something is on its way: its progress is told elsewhere, ms. */
const IN_FLIGHT_INTERVAL_MS = 5_000;

function isInFlight({ services }: DeploymentMatrix): boolean {
  const cells = services.flatMap(({ environments }) => environments.flatMap(({ regions }) => regions));
  return cells.some(({ inFlight = [] }) => inFlight.length > 0);
}

function intervalOf(data: MatrixResponse | undefined, isLive: boolean): number | false {
  if (isBeingRead(data)) return LIVE_INTERVAL_MS;
  if (isLive && data) return isInFlight(data.matrix) && IDLE_INTERVAL_MS;
  if (data?.failure) return FAILED_INTERVAL_MS;
  return data && isInFlight(data.matrix) ? IN_FLIGHT_INTERVAL_MS : IDLE_INTERVAL_MS;
}

/**
 * What of the page's entity runs where. Asks again by itself: often while something is on its way, seldom otherwise, at
 * once when the page is looked at again, and not while it is hidden.
 *
 * @public
 */
export function useDeploymentMatrix(): UseQueryResult<MatrixResponse> {
  const { api, queryClient, entityName, entityRef, isLive } = useLiveHarnessCd();
  return useQuery(
    {
      queryKey: [...reportsKey(entityRef), 'matrix'],
      queryFn: () => api.getMatrix(entityName),
      retry: retryUnlessRefused,
      staleTime: IN_FLIGHT_INTERVAL_MS,
      refetchInterval: ({ state }) => intervalOf(state.data, isLive),
    },
    queryClient,
  );
}
