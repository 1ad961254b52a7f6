import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import {
  type ExecutionProgress,
  isTerminal,
  NOT_VISIBLE_YET_FAILURES,
  NOT_VISIBLE_YET_MS,
} from 'backstage-plugin-harness-cd-common';
import { startKey, type Start } from '../shared/start';
import { failureOf } from '../shared/failure';
import { IDLE_INTERVAL_MS, isAtWork, pace, type Paced } from '../shared/pace';
import { executionKey, isRefused, retryUnlessRefused } from '../shared/useHarnessCd';
import { useLiveHarnessCd } from '../shared/useLive';

function hasEnded(progress: ExecutionProgress | undefined): boolean {
  return progress !== undefined && isTerminal(progress.phase);
}

function intervalOf(state: Paced<ExecutionProgress> & { error: Error | null }, isLive: boolean): number | false {
  if (hasEnded(state.data)) return false;
  // What is refused now is refused the next time as well; what failed may pass.
  if (!state.data && state.error) return isRefused(state.error) ? false : IDLE_INTERVAL_MS;
  // The backend follows what is asked for, and tells what changes.
  if (isLive && state.data) return IDLE_INTERVAL_MS;
  return !state.data || isAtWork(state.data) ? pace(state) : IDLE_INTERVAL_MS;
}

/** Whether Harness may only not show the run yet, because it was started here a moment ago. */
function mayNotBeVisibleYet(error: Error, executionId: string, start: Start | null | undefined): boolean {
  const { code } = failureOf(error);
  return (
    start?.state.kind === 'started' &&
    start.state.executionId === executionId &&
    Date.now() - start.heardAt < NOT_VISIBLE_YET_MS &&
    NOT_VISIBLE_YET_FAILURES.some(candidate => candidate === code)
  );
}

/**
 * How far a run of the page's entity is, followed until it ends; one that has ended is read once. With `parent`, the run
 * is one that a stage of that run has started.
 *
 * @public
 */
export function useExecution(executionId: string, parent?: string): UseQueryResult<ExecutionProgress> {
  const { api, queryClient, entityName, entityRef, isLive } = useLiveHarnessCd();
  return useQuery(
    {
      queryKey: executionKey(entityRef, executionId),
      queryFn: () =>
        parent === undefined
          ? api.getExecution(entityName, executionId)
          : api.getChildExecution(entityName, { parent, child: executionId }),
      retry: (failureCount, error) =>
        retryUnlessRefused(failureCount, error) ||
        mayNotBeVisibleYet(error, executionId, queryClient.getQueryData<Start | null>(startKey(entityRef))),
      refetchInterval: ({ state }) => intervalOf(state, isLive),
      staleTime: ({ state }) => (hasEnded(state.data) ? Infinity : 0),
    },
    queryClient,
  );
}
