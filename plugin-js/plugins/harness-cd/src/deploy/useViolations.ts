import { useMemo } from 'react';
import type { DeployBody, DeployTarget, DeployVerdict } from 'backstage-plugin-harness-cd-common';
import type { Refusal } from '../shared/start';
import { useDeployValidation } from './useDeployValidation';
import { withoutDoubles } from './violations';

type Check = (request: string, target: DeployTarget, now: number) => DeployVerdict;

const ALLOWED: DeployVerdict = { kind: 'allowed' };

/** The check of requests, and what it threw: what a newer backend asks for, a page of before cannot check. */
function attempt(
  check: Check | undefined,
  ...given: Parameters<Check>
): { verdict: DeployVerdict; error: Error | null } {
  try {
    return { verdict: check?.(...given) ?? ALLOWED, error: null };
  } catch (error) {
    return { verdict: ALLOWED, error: error instanceof Error ? error : new Error(String(error)) };
  }
}

/**
 * What speaks against a request at a time (epoch ms): what is found here, and what the backend refused it for. Where
 * nothing does, what is to be known before it runs.
 */
export function useViolations(request: DeployBody, target: DeployTarget, now: number, refusal: Refusal | undefined) {
  const { data: check, error: loadError } = useDeployValidation();
  const requestText = JSON.stringify(request);

  const { violations, warnings, error } = useMemo(() => {
    const checked = attempt(check, requestText, target, now);
    const { verdict } = checked;
    const found = verdict.kind === 'rejected' ? verdict.violations : [];
    // What the backend refused stands until the request is another one.
    const refused = refusal && JSON.stringify(refusal.request) === requestText ? refusal.violations : [];
    return {
      violations: withoutDoubles([...found, ...refused]),
      warnings: (verdict.kind === 'allowed' && verdict.warnings) || [],
      error: checked.error,
    };
  }, [check, requestText, target, now, refusal]);

  return {
    violations,
    warnings,
    /** Why nothing can be found here, if so. */
    checkError: loadError ?? error,
  };
}
