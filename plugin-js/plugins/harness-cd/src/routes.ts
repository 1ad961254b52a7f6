import { createRouteRef } from '@backstage/frontend-plugin-api';

/** The page "Deployments" of all services. */
export const fleetRouteRef = createRouteRef();

/** Where the tab stands on an entity's page. */
export const TAB_PATH = '/deployments';

/** The "Deployments" tab of an entity's page. */
export const deploymentsRouteRef = createRouteRef();
