import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { isTerminal, type ExecutionProgress } from 'backstage-plugin-harness-cd-common';
import { IDLE_INTERVAL_MS, isAtWork, pace, type Paced } from '../shared/pace';
import { retryUnlessRefused, useHarnessCd } from '../shared/useHarnessCd';

function hasEnded(progress: ExecutionProgress | undefined): boolean {
  return progress !== undefined && isTerminal(progress.phase);
}

function intervalOf(state: Paced<ExecutionProgress>): number | false {
  if (hasEnded(state.data)) return false;
  return !state.data || isAtWork(state.data) ? pace(state) : IDLE_INTERVAL_MS;
}

/**
 * How far a run of the page's entity is, followed until it ends; one that has ended is read once.
 *
 * @public
 */
export function useExecution(executionId: string): UseQueryResult<ExecutionProgress> {
  const { api, queryClient, entityName, entityRef } = useHarnessCd();
  return useQuery(
    {
      queryKey: ['execution', entityRef, executionId],
      queryFn: () => api.getExecution(entityName, executionId),
      retry: retryUnlessRefused,
      refetchInterval: ({ state }) => intervalOf(state),
      staleTime: ({ state }) => (hasEnded(state.data) ? Infinity : 0),
    },
    queryClient,
  );
}
