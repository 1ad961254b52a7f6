import { useApi } from '@backstage/frontend-plugin-api';
import { useQuery } from '@tanstack/react-query';
import type { DeployTarget, DeployVerdict } from 'backstage-plugin-harness-cd-common';
import { loadHarnessCd, validateDeploy } from 'harness-cd-wasm';
import { harnessCdQueryClientApiRef } from '../shared/api';

/** Finds in the browser what speaks against a request: by the same compiled rules as the backend, loaded on first use. */
export function useDeployValidation() {
  return useQuery(
    {
      queryKey: ['deploy-validation'],
      queryFn: async () => {
        await loadHarnessCd();
        return (request: string, target: DeployTarget, now: number): DeployVerdict =>
          validateDeploy(request, target, now);
      },
      staleTime: Infinity,
      retry: false,
      structuralSharing: false,
    },
    useApi(harnessCdQueryClientApiRef),
  );
}
