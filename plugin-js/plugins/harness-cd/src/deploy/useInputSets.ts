import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { InputSetSummary, SavedInputs } from 'backstage-plugin-harness-cd-common';
import { retryUnlessRefused, useHarnessCd } from '../shared/useHarnessCd';

const FRESH_MS = 10_000;

/** The saved input sets and overlays of the pipeline of the page's entity. */
export function useInputSets() {
  const { api, queryClient, entityName, entityRef } = useHarnessCd();
  return useQuery<InputSetSummary[]>(
    {
      queryKey: ['input-sets', entityRef],
      queryFn: () => api.getInputSets(entityName),
      retry: retryUnlessRefused,
      staleTime: FRESH_MS,
    },
    queryClient,
  );
}

/** What the chosen input sets answer together; that of before while it is being read. */
export function useSavedInputs(inputSets: string[]) {
  const { api, queryClient, entityName, entityRef } = useHarnessCd();
  return useQuery<SavedInputs>(
    {
      queryKey: ['saved-inputs', entityRef, inputSets],
      queryFn: () => api.getSavedInputs(entityName, inputSets),
      enabled: inputSets.length > 0,
      placeholderData: keepPreviousData,
      retry: retryUnlessRefused,
      staleTime: FRESH_MS,
    },
    queryClient,
  );
}
