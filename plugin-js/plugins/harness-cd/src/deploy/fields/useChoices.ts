import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { ChoicesResponse, RuntimeInput } from 'backstage-plugin-harness-cd-common';
import { retryUnlessRefused, useHarnessCd } from '../../shared/useHarnessCd';
import { chosenIn, type DeployFormState } from '../useDeployForm';

const FRESH_MS = 60_000;
/** So long it is waited before a list is asked for again that a delegate is still making. */
const PENDING_MS = 1_000;

/** How far it is known what an input may be chosen from. */
export interface KnownChoices {
  /** Undefined while they are read, and where they are not known. */
  answer: ChoicesResponse | undefined;
  /** Whether another input has to be given first. */
  isWaiting: boolean;
  /** Whether Harness does not say. */
  isUnknown: boolean;
}

/** What an input may be chosen from, in the place that the other entries name. */
export function useChoices(input: RuntimeInput, form: DeployFormState, search: string): KnownChoices {
  const { api, queryClient, entityName, entityRef } = useHarnessCd();
  const within = chosenIn(form, input.choices?.withinInput);
  const source = chosenIn(form, input.choices?.sourceInput);
  const lacksWithin = input.choices?.withinInput !== undefined && within === undefined;
  const isWaiting = lacksWithin || (input.choices?.sourceInput !== undefined && source === undefined);
  const query = { input: input.pointer, within, source, search: search || undefined };
  const { data, error } = useQuery(
    {
      queryKey: ['choices', entityRef, query],
      queryFn: () => api.getChoices(entityName, query),
      enabled: !isWaiting,
      retry: retryUnlessRefused,
      // Where a list comes late, a field that took a text in the meantime would lose it to another one.
      refetchInterval: ({ state }) => (state.data?.isPending && input.choices?.of === 'tag' ? PENDING_MS : false),
      staleTime: ({ state }) => (state.data?.failure ? 0 : FRESH_MS),
      placeholderData: keepPreviousData,
    },
    queryClient,
  );
  return { answer: data, isWaiting, isUnknown: error !== null || (data !== undefined && !data.choices) };
}
