import { useQuery } from '@tanstack/react-query';
import { parseEntityRef, stringifyEntityRef } from '@backstage/catalog-model';
import { useApi } from '@backstage/frontend-plugin-api';
import { catalogApiRef } from '@backstage/plugin-catalog-react';
import { harnessCdQueryClientApiRef } from '../shared/api';
import type { Option } from '../shared/options';

/** The catalog seldom gets another team or system, ms. */
const STALE_MS = 5 * 60_000;
const FIELDS = ['kind', 'metadata.name', 'metadata.namespace', 'metadata.title', 'spec.profile.displayName'];

/** The owners, systems and domains of the catalog that the reader sees: their references, by their names. */
export function useCatalogOptions(): Record<'owner' | 'system' | 'domain', Option[]> {
  const catalog = useApi(catalogApiRef);
  const queryClient = useApi(harnessCdQueryClientApiRef);
  const { data = [] } = useQuery(
    {
      queryKey: ['catalog', 'parts'],
      queryFn: async () => {
        const { items } = await catalog.getEntities({
          filter: { kind: ['Group', 'System', 'Domain'] },
          fields: FIELDS,
        });
        return items.map(entity => {
          const profile = entity.spec?.profile as { displayName?: string } | undefined;
          const { title = profile?.displayName ?? entity.metadata.name } = entity.metadata;
          return { kind: entity.kind, value: stringifyEntityRef(entity), label: title };
        });
      },
      staleTime: STALE_MS,
    },
    queryClient,
  );
  const of = (kind: string): Option[] =>
    data
      .filter(option => option.kind === kind)
      .map(({ value, label }) => ({ value, label }))
      .sort((one, other) => one.label.localeCompare(other.label));
  return { owner: of('Group'), system: of('System'), domain: of('Domain') };
}

/** What a reference is called where the catalog does not say. */
export function nameOfRef(ref: string): string {
  try {
    return parseEntityRef(ref).name;
  } catch {
    return ref;
  }
}
