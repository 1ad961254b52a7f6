import DataLoader from 'dataloader';
import { queryOptions, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { type Entity, stringifyEntityRef } from '@backstage/catalog-model';
import { useApi } from '@backstage/frontend-plugin-api';
import { type FleetService, type HarnessCdApi, versionsInProduction } from 'backstage-plugin-harness-cd-common';
import { fleetKey } from '../fleet/useFleet';
import { hasHarnessAnnotation } from '../shared/annotations';
import { harnessCdApiRef, harnessCdQueryClientApiRef } from '../shared/api';
import { retryUnlessRefused } from '../shared/useHarnessCd';

/** A table of the catalog is looked at for less, ms. */
const STALE_MS = 60_000;
/** So many entities one question is about at most: their references stand in its address. */
const AT_A_TIME = 50;

/** One for each client, so that all rows of a table are one question. */
const loaders = new WeakMap<HarnessCdApi, DataLoader<string, FleetService[]>>();

function loaderOf(api: HarnessCdApi): DataLoader<string, FleetService[]> {
  const known = loaders.get(api);
  if (known) return known;
  const ask = async (refs: readonly string[]) => {
    const { services } = await api.getFleetMatrix({ entity: [...refs] });
    return refs.map(ref => services.filter(({ entityRef }) => entityRef === ref));
  };
  // What is known is kept by the query client.
  const loader = new DataLoader(ask, { cache: false, maxBatchSize: AT_A_TIME });
  loaders.set(api, loader);
  return loader;
}

/**
 * What of an entity runs in production. However many ask at once, it is one question.
 *
 * @param entity - An entity of the catalog; nothing is asked about one without an annotation of Harness.
 *
 * @public
 */
export function useVersionsInProduction(entity: Entity): UseQueryResult<{ version: string; regions: string[] }[]> {
  const api = useApi(harnessCdApiRef);
  const queryClient = useApi(harnessCdQueryClientApiRef);
  const entityRef = stringifyEntityRef(entity);
  return useQuery(
    queryOptions({
      queryKey: [...fleetKey(), 'production', entityRef],
      queryFn: async () => (await loaderOf(api).load(entityRef)).flatMap(({ matrix }) => versionsInProduction(matrix)),
      enabled: hasHarnessAnnotation(entity),
      staleTime: STALE_MS,
      retry: retryUnlessRefused,
    }),
    queryClient,
  );
}
