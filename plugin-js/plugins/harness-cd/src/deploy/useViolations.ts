import { useMemo, useState } from 'react';
import type { DeployBody, DeployTarget, Violation } from 'backstage-plugin-harness-cd-common';
import { useDeployValidation } from './useDeployValidation';
import { withoutDoubles } from './violations';

/** What speaks against a request at a time (epoch ms): what is found here, and what the backend refused it for. */
export function useViolations(request: DeployBody, target: DeployTarget, now: number) {
  const { data: validation, error } = useDeployValidation();
  const [refusal, setRefusal] = useState<{ requestText: string; violations: Violation[] }>();
  const requestText = JSON.stringify(request);

  const violations = useMemo(() => {
    const verdict = validation?.validateDeploy(requestText, target, now);
    const found = verdict?.kind === 'rejected' ? verdict.violations : [];
    // What the backend refused stands until the request is another one.
    const refused = refusal?.requestText === requestText ? refusal.violations : [];
    return withoutDoubles([...found, ...refused]);
  }, [validation, requestText, target, now, refusal]);

  return {
    violations,
    /** Why nothing can be found here, if so. */
    checkError: error,
    /** Takes down what the backend refused the request for. */
    refuse: (refused: Violation[]) => setRefusal({ requestText, violations: refused }),
  };
}
