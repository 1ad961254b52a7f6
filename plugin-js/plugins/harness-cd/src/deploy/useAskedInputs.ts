import { useMemo } from 'react';
import { useQueries } from '@tanstack/react-query';
import type { AskedBy, AskedQuery, AskedResponse, RuntimeInput } from 'backstage-plugin-harness-cd-common';
import { retryUnlessRefused, useHarnessCd } from '../shared/useHarnessCd';
import { chosenAt, type InputEntries, type SavedValues } from './inputs';

const FRESH_MS = 60_000;

/** An object that stands for what was chosen asks for, and the question for it; none before it is known who is asked. */
interface Standing {
  input: RuntimeInput;
  query: AskedQuery | undefined;
}

/** Who is asked about an object; undefined while that is not chosen. */
function queryOf(input: RuntimeInput, by: AskedBy, given: Parameters<typeof chosenAt>[1]) {
  const { serviceInput, environmentInput } = by;
  const service = chosenAt(serviceInput, given);
  const environment = chosenAt(environmentInput, given);
  const isMissing = (serviceInput && !service) || (environmentInput && !environment);
  return isMissing ? undefined : { input: input.pointer, service, environment };
}

/** What stands for an object in the form: what is asked for, nothing before that is known, itself where nobody says. */
function inPlaceOf(input: RuntimeInput, query: AskedQuery | undefined, answer: AskedResponse | undefined) {
  if (!query) return [];
  return answer?.failure && !answer.inputs ? [input] : (answer?.inputs ?? []);
}

/**
 * What a pipeline asks for, with what chosen services and environments ask for in turn under what chooses them. An object
 * that nobody can say anything of stays a field for YAML, and so does one that an input set answers as a whole.
 */
export function useAskedInputs(
  inputs: RuntimeInput[] | undefined,
  entries: InputEntries,
  saved: SavedValues,
): RuntimeInput[] | undefined {
  const { api, queryClient, entityName, entityRef } = useHarnessCd();
  const given = { inputs: inputs ?? [], entries, saved };
  const standing: Standing[] = given.inputs.flatMap(input =>
    input.askedBy && !(input.pointer in saved) ? [{ input, query: queryOf(input, input.askedBy, given) }] : [],
  );
  const answers = useQueries(
    {
      queries: standing.map(({ query }) => ({
        queryKey: ['asked', entityRef, query],
        queryFn: () => api.getAsked(entityName, query!),
        enabled: query !== undefined,
        retry: retryUnlessRefused,
        staleTime: FRESH_MS,
      })),
    },
    queryClient,
  );
  // Equal answers are the same objects, so that the form is checked again only when something else is asked for.
  const known = JSON.stringify(
    standing.map(({ input, query }, index) => {
      const { data, error } = answers[index];
      return [input.pointer, error ? [input] : inPlaceOf(input, query, data)];
    }),
  );
  return useMemo(() => {
    const places = new Map<string, RuntimeInput[]>(JSON.parse(known));
    return inputs?.flatMap(input => places.get(input.pointer) ?? [input]);
  }, [inputs, known]);
}
