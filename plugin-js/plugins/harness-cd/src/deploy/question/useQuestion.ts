import { useMutation, useQuery } from '@tanstack/react-query';
import type { DeployBody } from 'backstage-plugin-harness-cd-common';
import { executionKey, retryUnlessRefused, useHarnessCd } from '../../shared/useHarnessCd';

/** What a node of a run asks for. */
export function useQuestion(executionId: string, node: string) {
  const { api, queryClient, entityName, entityRef } = useHarnessCd();
  return useQuery(
    {
      queryKey: ['input-question', entityRef, executionId, node],
      queryFn: () => api.getInputQuestion(entityName, executionId, node),
      retry: retryUnlessRefused,
      staleTime: Infinity,
    },
    queryClient,
  );
}

/** Gives a run what it asks for: sent once, and never again by itself. Whatever became of it, the run is looked at. */
export function useAnswer(executionId: string, node: string) {
  const { api, queryClient, entityName, entityRef } = useHarnessCd();
  return useMutation(
    {
      mutationFn: ({ inputs }: DeployBody) => api.answerInput(entityName, executionId, node, { inputs }),
      onSettled: () => queryClient.invalidateQueries({ queryKey: executionKey(entityRef, executionId) }),
      retry: false,
      networkMode: 'always',
    },
    queryClient,
  );
}
