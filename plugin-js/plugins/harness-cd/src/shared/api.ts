import { createApiRef } from '@backstage/frontend-plugin-api';
import type { HarnessCdApi } from 'backstage-plugin-harness-cd-common';
import type { QueryClient } from '@tanstack/react-query';

/**
 * The client of the Harness CD backend. Replace its factory to change how the browser reaches the backend.
 *
 * @public
 */
export const harnessCdApiRef = createApiRef<HarnessCdApi>().with({
  id: 'plugin.harness-cd.client',
  pluginId: 'harness-cd',
});

/**
 * The cache behind every question to the Harness CD backend. There is one in an app: widgets that ask the same ask once,
 * and a run that is started in one is seen in the others.
 *
 * @public
 */
export const harnessCdQueryClientApiRef = createApiRef<QueryClient>().with({
  id: 'plugin.harness-cd.query-client',
  pluginId: 'harness-cd',
});
