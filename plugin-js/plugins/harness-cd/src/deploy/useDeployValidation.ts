import { useApi } from '@backstage/frontend-plugin-api';
import { useQuery } from '@tanstack/react-query';
import { loadHarnessCd, validateDeploy } from 'harness-cd-wasm';
import { harnessCdQueryClientApiRef } from '../shared/api';

/** The check of deploy requests in the browser: the same compiled rules as in the backend, loaded on first use. */
export function useDeployValidation() {
  return useQuery(
    {
      queryKey: ['deploy-validation'],
      queryFn: async () => {
        await loadHarnessCd();
        return { validateDeploy };
      },
      staleTime: Infinity,
      retry: false,
      structuralSharing: false,
    },
    useApi(harnessCdQueryClientApiRef),
  );
}
