import type { HarnessScope } from 'backstage-plugin-harness-cd-common';
import { harnessFailure } from './errors';

/**
 * Throws `WRONG_SCOPE` for what is not in the account, organization and project that this portal is configured for.
 *
 * @public
 */
export function refuseOtherScope(
  what: string,
  target: Partial<HarnessScope>,
  scope: HarnessScope,
): asserts target is HarnessScope {
  const { account, org, project } = scope;
  if (target.account === account && target.org === org && target.project === project) return;
  throw harnessFailure(
    'WRONG_SCOPE',
    `${what} is in ${scopeText(target)}; this portal is configured for ${scopeText(scope)}.`,
  );
}

/** A scope, or what an address says of one, in words. */
export function scopeText({ account, org, project }: Partial<HarnessScope>): string {
  return `account ${account}, organization ${org}, project ${project}`;
}
