import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { DeployTargetResponse } from 'backstage-plugin-harness-cd-common';
import { LIVE_INTERVAL_MS } from '../shared/pace';
import { retryUnlessRefused, useHarnessCd } from '../shared/useHarnessCd';

const FRESH_MS = 30_000;

/** Whether the live pipeline is just being read, for the first time or again. */
function isBeingRead(target: DeployTargetResponse | undefined): boolean {
  return target !== undefined && !target.failure && (!target.inputs || target.asOf !== undefined);
}

/**
 * What deploy requests of the page's entity are checked against. Asks again while the live pipeline is being read.
 *
 * @public
 */
export function useDeployTarget(): UseQueryResult<DeployTargetResponse> {
  const { api, queryClient, entityName, entityRef } = useHarnessCd();
  return useQuery(
    {
      queryKey: ['deploy-target', entityRef],
      queryFn: () => api.getDeployTarget(entityName),
      retry: retryUnlessRefused,
      staleTime: ({ state }) => (state.data?.failure ? 0 : FRESH_MS),
      refetchInterval: ({ state }) => (isBeingRead(state.data) ? LIVE_INTERVAL_MS : false),
    },
    queryClient,
  );
}
