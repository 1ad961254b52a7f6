import { useMemo } from 'react';
import type { DeployBody, DeployTarget } from 'backstage-plugin-harness-cd-common';
import type { Refusal } from '../shared/start';
import { useDeployValidation } from './useDeployValidation';
import { withoutDoubles } from './violations';

/** What speaks against a request at a time (epoch ms): what is found here, and what the backend refused it for. */
export function useViolations(request: DeployBody, target: DeployTarget, now: number, refusal: Refusal | undefined) {
  const { data: validation, error } = useDeployValidation();
  const requestText = JSON.stringify(request);

  const violations = useMemo(() => {
    const verdict = validation?.validateDeploy(requestText, target, now);
    const found = verdict?.kind === 'rejected' ? verdict.violations : [];
    // What the backend refused stands until the request is another one.
    const refused = refusal && JSON.stringify(refusal.request) === requestText ? refusal.violations : [];
    return withoutDoubles([...found, ...refused]);
  }, [validation, requestText, target, now, refusal]);

  return {
    violations,
    /** Why nothing can be found here, if so. */
    checkError: error,
  };
}
