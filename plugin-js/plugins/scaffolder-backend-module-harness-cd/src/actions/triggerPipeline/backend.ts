import type { AuthService, DiscoveryService } from '@backstage/backend-plugin-api';
import type { ActionContext } from '@backstage/plugin-scaffolder-node';
import { HarnessCdClient } from 'backstage-plugin-harness-cd-common';

/** The backend of Harness CD, asked on behalf of whoever runs the template: the same road as from the portal's pages. */
export function backendOf(
  ctx: Pick<ActionContext<never>, 'getInitiatorCredentials'>,
  services: { auth: AuthService; discovery: DiscoveryService },
): HarnessCdClient {
  const { auth, discovery } = services;
  const signedIn: typeof fetch = async (input, init) => {
    const onBehalfOf = await ctx.getInitiatorCredentials();
    const { token } = await auth.getPluginRequestToken({ onBehalfOf, targetPluginId: 'harness-cd' });
    const headers = new Headers(init?.headers);
    headers.set('Authorization', `Bearer ${token}`);
    return fetch(input, { ...init, headers });
  };
  return new HarnessCdClient({ discoveryApi: discovery, fetchApi: { fetch: signedIn } });
}
