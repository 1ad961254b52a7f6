import { parseEntityRef } from '@backstage/catalog-model';
import { useRouteRef } from '@backstage/frontend-plugin-api';
import { entityRouteRef } from '@backstage/plugin-catalog-react';
import { TAB_PATH } from '../routes';

/** The address of the tab of an entity, with one of its pipelines and a run; undefined where the portal has no catalog. */
export function useEntityTab():
  ((of: { entityRef: string; pipeline: string }, execution: string) => string) | undefined {
  const pageOf = useRouteRef(entityRouteRef);
  if (!pageOf) return undefined;
  return ({ entityRef, pipeline }, execution) => {
    const { kind, namespace, name } = parseEntityRef(entityRef);
    const page = pageOf({ kind: kind.toLowerCase(), namespace, name });
    return `${page}${TAB_PATH}?${new URLSearchParams({ pipeline, execution })}`;
  };
}
