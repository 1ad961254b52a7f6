import { useSearchParams } from 'react-router-dom';

/** The address of a run's details over what the address bar says. */
export function useHrefOfRun(): (executionId: string) => string {
  const [search] = useSearchParams();
  return executionId => `?${new URLSearchParams({ ...Object.fromEntries(search), execution: executionId })}`;
}
