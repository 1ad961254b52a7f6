import { useSearchParams } from 'react-router-dom';
import { useEntity } from '@backstage/plugin-catalog-react';
import { namesOnePipeline } from '../shared/annotations';
import { usePipelines } from '../shared/usePipelines';

/** The parameter of the address that names the chosen pipeline. */
export const PIPELINE_PARAM = 'pipeline';

/** What else in the address is about the pipeline that was chosen before. */
const OF_THE_CHOSEN = ['environment', 'status', 'page', 'execution'];

/** Which of an entity's pipelines is looked at, as the address says. */
export function usePipelineChoice() {
  const [search, setSearch] = useSearchParams();
  const { entity } = useEntity();
  const { data, isPending } = usePipelines();
  const labels = data?.pipelines.map(({ label }) => label) ?? [];
  const named = search.get(PIPELINE_PARAM) ?? undefined;
  // What was not found of an account that could not be asked may be what is meant.
  const areKnown = data !== undefined && data.failures.length === 0 && labels.length > 0;
  const isUnknown = areKnown && named !== undefined && !labels.includes(named);
  const choose = (label: string | undefined) =>
    setSearch(previous => {
      const next = new URLSearchParams(previous);
      OF_THE_CHOSEN.forEach(name => next.delete(name));
      if (label === undefined) next.delete(PIPELINE_PARAM);
      else next.set(PIPELINE_PARAM, label);
      return next;
    });
  return {
    /** All there are, as far as they are known. */
    labels,
    /** Whether that is not known yet. */
    isPending: isPending && !(named === undefined && namesOnePipeline(entity)),
    /** Undefined where the address names none of them. */
    chosen: isUnknown ? undefined : named,
    /** What the address names, and no pipeline of the entity is called. */
    unknown: isUnknown ? named : undefined,
    choose,
  };
}

/** The pipelines of an entity, and which is chosen. */
export type PipelineChoice = ReturnType<typeof usePipelineChoice>;
