import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import type {
  Freshness,
  ProductionNewsResponse,
  ReleaseResponse,
  RunningAtResponse,
} from 'backstage-plugin-harness-cd-common';
import { FAILED_INTERVAL_MS, recordInterval } from '../shared/pace';
import { reportsKey, retryUnlessRefused } from '../shared/useHarnessCd';
import { useLiveHarnessCd } from '../shared/useLive';

type Questions = ReturnType<typeof useLiveHarnessCd>;

/** What the record tells of the page's entity; nothing is asked while `about` is undefined. */
function useRecord<T extends Freshness, About>(
  name: string,
  about: About | undefined,
  ask: (api: Questions['api'], entity: Questions['entityName'], about: About) => Promise<T>,
): UseQueryResult<T> {
  const { api, queryClient, entityName, entityRef, isLive } = useLiveHarnessCd();
  return useQuery(
    {
      queryKey: [...reportsKey(entityRef), name, about],
      // Asked only where it says about what.
      queryFn: () => ask(api, entityName, about as About),
      enabled: about !== undefined,
      retry: retryUnlessRefused,
      staleTime: FAILED_INTERVAL_MS,
      refetchInterval: ({ state }) => recordInterval(state.data, isLive),
    },
    queryClient,
  );
}

/**
 * Where a version of the page's entity has been: by its tag, or by what a table shows as deployed.
 *
 * @param version - The version; nothing is asked where it is undefined.
 *
 * @public
 */
export function useRelease(version: string | undefined): UseQueryResult<ReleaseResponse> {
  return useRecord('release', version, (api, entity, about) => api.getRelease(entity, about));
}

/**
 * What of the page's entity is new in production.
 *
 * @param since - An instant, epoch ms.
 *
 * @public
 */
export function useProductionNews(since: number): UseQueryResult<ProductionNewsResponse> {
  return useRecord('news', since, (api, entity, about) => api.getProductionNews(entity, about));
}

/**
 * What of the page's entity ran where at an instant.
 *
 * @param instant - Epoch ms.
 *
 * @public
 */
export function useRunningAt(instant: number): UseQueryResult<RunningAtResponse> {
  return useRecord('running-at', instant, (api, entity, about) => api.getRunningAt(entity, about));
}
