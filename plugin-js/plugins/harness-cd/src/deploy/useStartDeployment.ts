import { useMutation, type UseMutationResult } from '@tanstack/react-query';
import type { DeployBody, DeployResponse } from 'backstage-plugin-harness-cd-common';
import { deploymentsKey, useHarnessCd } from '../shared/useHarnessCd';
import { startedKey, type Started } from './started';

/**
 * Starts a deployment of the page's entity, once: a start is never repeated by itself. A request that breaks the rules is
 * an answer (`rejected`), not an error.
 *
 * @public
 */
export function useStartDeployment(): UseMutationResult<DeployResponse, Error, DeployBody> {
  const { api, queryClient, entityName, entityRef } = useHarnessCd();
  return useMutation(
    {
      mutationFn: (request: DeployBody) => api.deploy(entityName, request),
      retry: false,
      // Not kept for later either: what was asked for without a network would start unasked once there is one.
      networkMode: 'always',
      onSuccess: answer => {
        if (answer.kind !== 'started') return;
        queryClient.setQueryData<Started>(startedKey(entityRef), { executionId: answer.executionId, at: Date.now() });
      },
      // Also after a failure: when the outcome is unknown, the history is where to look.
      onSettled: () => queryClient.invalidateQueries({ queryKey: deploymentsKey(entityRef) }),
    },
    queryClient,
  );
}
