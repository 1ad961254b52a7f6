import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { Dimension, MetricsResponse } from 'backstage-plugin-harness-cd-common';
import { FAILED_INTERVAL_MS, isBeingRead, LIVE_INTERVAL_MS } from '../shared/pace';
import { reportsKey, retryUnlessRefused } from '../shared/useHarnessCd';
import { useLiveHarnessCd } from '../shared/useLive';

/** Figures of weeks change slowly, ms. */
const INTERVAL_MS = 5 * 60_000;

/**
 * How well delivery of the page's entity goes, of the 90 days before now.
 *
 * @param by - By what the figures are told apart; by environment each is told for itself, otherwise production alone
 * counts.
 *
 * @public
 */
export function useDeliveryMetrics(by: Dimension[] = []): UseQueryResult<MetricsResponse> {
  const { api, queryClient, entityName, entityRef, isLive } = useLiveHarnessCd();
  return useQuery(
    {
      queryKey: [...reportsKey(entityRef), 'metrics', by],
      queryFn: () => api.getMetrics(entityName, { by }),
      retry: retryUnlessRefused,
      staleTime: INTERVAL_MS,
      refetchInterval: ({ state }) => {
        if (isBeingRead(state.data)) return LIVE_INTERVAL_MS;
        if (isLive && state.data) return false;
        return state.data?.failure ? FAILED_INTERVAL_MS : INTERVAL_MS;
      },
    },
    queryClient,
  );
}
