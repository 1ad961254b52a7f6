import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { queryOptions, useQueries, type QueryClient } from '@tanstack/react-query';
import { useApi, useApiHolder } from '@backstage/frontend-plugin-api';
import { type SignalApi, signalApiRef } from '@backstage/plugin-signals-react';
import type { ChannelsResponse, HarnessCdApi } from 'backstage-plugin-harness-cd-common';
import { harnessCdApiRef, harnessCdQueryClientApiRef } from './api';
import { LiveUpdates, type Watched } from './LiveUpdates';
import {
  deploymentsKey,
  executionKey,
  type questionAbout,
  reportsKey,
  retryUnlessRefused,
  useHarnessCd,
} from './useHarnessCd';

/** One for all parts of an app that share a cache. */
const updatesOf = new WeakMap<QueryClient, LiveUpdates>();

function liveUpdates(queryClient: QueryClient, signals: SignalApi): LiveUpdates {
  const updates = updatesOf.get(queryClient) ?? new LiveUpdates(signals, queryClient);
  updatesOf.set(queryClient, updates);
  return updates;
}

/** What is shown, and who says on which channels its changes are told. */
interface Topic {
  what: Watched;
  channels(api: HarnessCdApi): Promise<ChannelsResponse>;
}

const NEVER = { subscribe: () => () => {}, isLive: () => false };

function topicOf({ entityName, entityRef }: ReturnType<typeof questionAbout>): Topic {
  return {
    what: {
      id: entityRef,
      keys: [deploymentsKey(entityRef), reportsKey(entityRef)],
      keyOfExecution: execution => executionKey(entityRef, execution),
    },
    channels: api => api.getChannels(entityName),
  };
}

/**
 * Has what is shown asked for again when it changes; whether that is so: where it is not, it has to be asked for again
 * and again.
 */
export function useLive(topics: Topic[]): boolean {
  const api = useApi(harnessCdApiRef);
  const queryClient = useApi(harnessCdQueryClientApiRef);
  const signals = useApiHolder().get(signalApiRef);
  const updates = useMemo(() => signals && liveUpdates(queryClient, signals), [queryClient, signals]);
  const { subscribe, isLive } = updates ?? NEVER;
  const isHeard = useSyncExternalStore(subscribe, isLive);
  const channels = useQueries(
    {
      queries: topics.map(({ what, channels: ask }) =>
        queryOptions({
          queryKey: ['channels', what.id],
          queryFn: async () => ({ what, ...(await ask(api)) }),
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
    const ends = channels.map(known => known && updates?.watch(known.what, known.channels));
    return () => ends.forEach(end => end?.());
  }, [channels, updates]);
  return isHeard && channels.every(known => known !== undefined && known.channels.length > 0);
}

/** As {@link useLive}, of what is shown of entities. */
export function useLiveEntities(questions: ReturnType<typeof questionAbout>[]): boolean {
  return useLive(questions.map(topicOf));
}

/** As {@link useHarnessCd}, and whether what is shown of the page's entity is asked for again when it changes. */
export function useLiveHarnessCd() {
  const harnessCd = useHarnessCd();
  return { ...harnessCd, isLive: useLiveEntities([harnessCd]) };
}
