import type { AccountReach, HarnessScope } from 'backstage-plugin-harness-cd-common';
import { judgeReach } from 'harness-cd-wasm';
import { harnessFailure } from './errors';

/**
 * Throws `WRONG_SCOPE` for what is in no account and project that this portal is configured for; what is named by an
 * address, at another Harness as well.
 *
 * @public
 */
export function refuseOutOfReach(
  what: string,
  target: Pick<HarnessScope, 'account'> & Partial<HarnessScope> & { url?: string },
  accounts: readonly AccountReach[],
): asserts target is HarnessScope & { url?: string } {
  const { account, org, project, url } = target;
  const reaches = accounts.map(({ id, baseUrl, projects, configuredAt }) => ({ id, baseUrl, projects, configuredAt }));
  const reach = judgeReach({ what, url, account, org, project, accounts: reaches });
  if (reach.kind === 'within') return;
  throw harnessFailure('WRONG_SCOPE', `${reach.message}.`, { hint: `${reach.hint}.` });
}

/**
 * The projects of an account that app-config names in full; what a pattern stands for is not known.
 *
 * @public
 */
export function projectsInFull({ id, projects }: AccountReach): HarnessScope[] {
  const inFull = projects.filter(project => !project.includes('*'));
  return inFull.map(text => {
    const [org, project] = text.split('/');
    return { account: id, org, project };
  });
}

/** A scope in words. */
export function scopeText({ account, org, project }: HarnessScope): string {
  return `account ${account}, organization ${org}, project ${project}`;
}
