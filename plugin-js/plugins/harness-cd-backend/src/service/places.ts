import type { DeployRules } from 'backstage-plugin-harness-cd-common';

/** The order of environments and regions. */
export interface Places {
  environments: string[];
  regions: string[];
}

/** Environments and regions in the order of the config repo, where it has the service. */
export function placesOf(rules: DeployRules | undefined): Places {
  const environments = rules?.environments ?? [];
  return {
    environments: environments.map(({ identifier }) => identifier),
    regions: [...new Set(environments.flatMap(({ regions }) => regions))],
  };
}
