import { createRouteRef } from '@backstage/frontend-plugin-api';

/** The "Deployments" tab of an entity's page. */
export const deploymentsRouteRef = createRouteRef();
