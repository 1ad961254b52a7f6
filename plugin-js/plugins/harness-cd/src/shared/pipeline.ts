import { createContext, useContext } from 'react';

const PipelineContext = createContext<string | undefined>(undefined);

/** Says which of the entity's pipelines the parts of a page are about, by its label. */
export const PipelineProvider = PipelineContext.Provider;

/** Which of the entity's pipelines this is about, by its label; undefined for its first. */
export function usePipelineLabel(): string | undefined {
  return useContext(PipelineContext);
}
