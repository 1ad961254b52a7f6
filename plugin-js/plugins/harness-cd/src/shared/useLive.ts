import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { queryOptions, useQueries, type QueryClient } from '@tanstack/react-query';
import { useApi, useApiHolder } from '@backstage/frontend-plugin-api';
import { type SignalApi, signalApiRef } from '@backstage/plugin-signals-react';
import { harnessCdApiRef, harnessCdQueryClientApiRef } from './api';
import { LiveUpdates } from './LiveUpdates';
import { type questionAbout, retryUnlessRefused, useHarnessCd } from './useHarnessCd';

/** One for all parts of an app that share a cache. */
const updatesOf = new WeakMap<QueryClient, LiveUpdates>();

function liveUpdates(queryClient: QueryClient, signals: SignalApi): LiveUpdates {
  const updates = updatesOf.get(queryClient) ?? new LiveUpdates(signals, queryClient);
  updatesOf.set(queryClient, updates);
  return updates;
}

/** Whom questions are about, and what their answers are kept under. */
type Question = ReturnType<typeof questionAbout>;

const NEVER = { subscribe: () => () => {}, isLive: () => false };

/**
 * Has what is shown of entities asked for again when it changes; whether that is so: where it is not, it has to be asked
 * for again and again.
 */
export function useLive(questions: Question[]): boolean {
  const api = useApi(harnessCdApiRef);
  const queryClient = useApi(harnessCdQueryClientApiRef);
  const signals = useApiHolder().get(signalApiRef);
  const updates = useMemo(() => signals && liveUpdates(queryClient, signals), [queryClient, signals]);
  const { subscribe, isLive } = updates ?? NEVER;
  const isHeard = useSyncExternalStore(subscribe, isLive);
  const channels = useQueries(
    {
      queries: questions.map(({ entityName, entityRef }) =>
        queryOptions({
          queryKey: ['channels', entityRef],
          queryFn: async () => ({ entityRef, ...(await api.getChannels(entityName)) }),
          enabled: updates !== undefined,
          staleTime: Infinity,
          retry: retryUnlessRefused,
        }),
      ),
      combine: results => results.map(({ data }) => data),
    },
    queryClient,
  );
  useEffect(() => {
    const ends = channels.map(known => known && updates?.watch(known.entityRef, known.channels));
    return () => ends.forEach(end => end?.());
  }, [channels, updates]);
  return isHeard && channels.every(known => known !== undefined);
}

/** As {@link useHarnessCd}, and whether what is shown of the page's entity is asked for again when it changes. */
export function useLiveHarnessCd() {
  const harnessCd = useHarnessCd();
  return { ...harnessCd, isLive: useLive([harnessCd]) };
}
