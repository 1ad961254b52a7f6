import { useMutation, type UseMutationResult } from '@tanstack/react-query';
import type { DeployBody, DeployResponse, StartOptions } from 'backstage-plugin-harness-cd-common';
import { useHarnessCd } from '../shared/useHarnessCd';
import { heard, stateAfterError } from '../shared/start';
import { useStartRecord } from './start/useStart';

/**
 * What a start is asked for with.
 *
 * @public
 */
export interface StartVariables extends StartOptions {
  /** What is to be deployed. */
  request: DeployBody;
}

/** Asks for a start. */
export type Send = (variables: StartVariables) => void;

/**
 * Starts a deployment of the page's entity, once for a key: a start is never repeated by itself, and what is under way is
 * not asked for again. A request that breaks the rules is an answer (`rejected`), not an error.
 * How far a start is that has no outcome yet, the dialog of the entity shows.
 *
 * @public
 */
export function useStartDeployment(): UseMutationResult<DeployResponse, Error, StartVariables> {
  const { api, queryClient, entityName, entityRef } = useHarnessCd();
  const { write, learn } = useStartRecord();

  const send = async ({ request, idempotencyKey }: StartVariables): Promise<DeployResponse> => {
    write({
      idempotencyKey,
      request,
      state: { kind: 'sending' },
      heardAt: Date.now(),
      isSeen: false,
      isLaidAside: false,
    });
    try {
      const answer = await api.deploy(entityName, request, { idempotencyKey });
      learn(idempotencyKey, start => heard(start, answer));
      return answer;
    } catch (error) {
      learn(idempotencyKey, start => heard(start, stateAfterError(error)));
      throw error;
    }
  };

  return useMutation(
    {
      // A query, because there is one of a key at a time, whoever asks for it.
      mutationFn: variables =>
        queryClient.fetchQuery({
          queryKey: ['deploy', entityRef, variables.idempotencyKey],
          queryFn: () => send(variables),
          staleTime: ({ state }) => (state.data?.kind === 'started' ? Infinity : 0),
          retry: false,
          // Not kept for later either: what was asked for without a network would start unasked once there is one.
          networkMode: 'always',
        }),
      retry: false,
      networkMode: 'always',
    },
    queryClient,
  );
}
