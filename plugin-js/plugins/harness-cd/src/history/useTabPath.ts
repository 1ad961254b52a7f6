import { useRouteRef } from '@backstage/frontend-plugin-api';
import { deploymentsRouteRef } from '../routes';
import { usePipelineLabel } from '../shared/pipeline';
import { PIPELINE_PARAM } from './usePipelineChoice';

/** The address of the tab with what is named: a pipeline, where not that of the part of the page, and a run. */
export type TabPath = (named?: { pipeline?: string; execution?: string }) => string;

/** The address of the entity's tab; undefined where the portal has none. */
export function useTabPath(): TabPath | undefined {
  const path = useRouteRef(deploymentsRouteRef)?.();
  const own = usePipelineLabel();
  if (path === undefined) return undefined;
  return ({ pipeline = own, execution } = {}) => {
    const parameters = new URLSearchParams();
    if (pipeline !== undefined) parameters.set(PIPELINE_PARAM, pipeline);
    if (execution !== undefined) parameters.set('execution', execution);
    return parameters.size > 0 ? `${path}?${parameters}` : path;
  };
}
