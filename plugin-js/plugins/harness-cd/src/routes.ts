import { createRouteRef } from '@backstage/frontend-plugin-api';

/** The page "Deployments" of all services. */
export const fleetRouteRef = createRouteRef();

/** The "Deployments" tab of an entity's page. */
export const deploymentsRouteRef = createRouteRef();
