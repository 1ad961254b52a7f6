import { useMemo } from 'react';
import { useQueries } from '@tanstack/react-query';
import type { AskedBy, AskedQuery, AskedResponse, RuntimeInput } from 'backstage-plugin-harness-cd-common';
import { retryUnlessRefused, useHarnessCd } from '../shared/useHarnessCd';
import { chosenAt, chosenNames, type AskedInputs, type InputEntries, type SavedValues } from './inputs';

const FRESH_MS = 60_000;

/** An object that stands for what was chosen asks for, and the question for it; none before it is known who is asked. */
interface Standing {
  input: RuntimeInput;
  query: AskedQuery | undefined;
}

type Given = Parameters<typeof chosenAt>[1];

/** Who is asked about an object; undefined while that is not chosen. */
function queryOf(input: RuntimeInput, by: AskedBy, given: Given): AskedQuery | undefined {
  const { serviceInput, environmentInput, sourceInput } = by;
  const service = chosenAt(serviceInput, given);
  const environment = chosenAt(environmentInput, given);
  const source = chosenAt(sourceInput, given);
  const isMissing = (serviceInput && !service) || (environmentInput && !environment) || (sourceInput && !source);
  return isMissing ? undefined : { input: input.pointer, service, environment, source };
}

/** What stands for what is asked in turn at an input: itself, or each that is chosen for a list. */
function standingAt(input: RuntimeInput, given: Given): Standing[] {
  const { askedBy } = input;
  if (!askedBy) return [];
  const query = queryOf(input, askedBy, given);
  if (!askedBy.each) return input.pointer in given.saved ? [] : [{ input, query }];
  const names = query ? chosenNames(input, given.entries, given.saved) : [];
  return names.map(name => ({ input, query: { ...query!, [askedBy.of]: name } }));
}

/**
 * What an object or a chosen one of a list asks for: nothing before that is known. An object that nobody says anything of
 * stands for itself; so does a list, beside what its chosen ones ask for.
 */
function inPlaceOf({ input, query }: Standing, answer: AskedResponse | undefined, error: unknown): RuntimeInput[] {
  if (!query) return [];
  const isUnknown = error || (answer?.failure && !answer.inputs);
  if (isUnknown) return input.askedBy?.each ? [] : [input];
  return answer?.inputs ?? [];
}

/**
 * What a pipeline asks for, with what chosen services, their artifact sources and environments ask for in turn under what
 * chooses them. An object that nobody can say anything of stays a field for YAML, and so does one that an input set
 * answers as a whole.
 */
export function useAskedInputs(
  inputs: RuntimeInput[] | undefined,
  entries: InputEntries,
  saved: SavedValues,
): AskedInputs | undefined {
  // A service asks for its artifact source, which asks for something in turn.
  const ofServices = useAskedOf(({ of }) => of !== 'source', inputs, entries, saved);
  const all = useAskedOf(({ of }) => of === 'source', ofServices, entries, saved);
  return useMemo(() => {
    const asking = [...(inputs ?? []), ...(ofServices ?? [])].filter(({ askedBy }) => askedBy);
    return all && { inputs: all, asking };
  }, [inputs, ofServices, all]);
}

/** The same, of some of those who ask. */
function useAskedOf(
  isMeant: (by: AskedBy) => boolean,
  inputs: RuntimeInput[] | undefined,
  entries: InputEntries,
  saved: SavedValues,
): RuntimeInput[] | undefined {
  const { api, queryClient, entityName, entityRef } = useHarnessCd();
  const given = { inputs: inputs ?? [], entries, saved };
  const meant = given.inputs.filter(({ askedBy }) => askedBy && isMeant(askedBy));
  const standing = meant.flatMap(input => standingAt(input, given));
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
    standing.map((stands, index) => {
      const { data, error } = answers[index];
      return [stands.input.pointer, inPlaceOf(stands, data, error)];
    }),
  );
  return useMemo(() => {
    const places: [string, RuntimeInput[]][] = JSON.parse(known);
    return inputs?.flatMap(input => {
      const asked = places.filter(([pointer]) => pointer === input.pointer).map(([, found]) => found);
      if (input.askedBy?.each) return [input, ...asked.flat()];
      return asked.length > 0 ? asked.flat() : [input];
    });
  }, [inputs, known]);
}
