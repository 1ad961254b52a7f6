import { createPermission } from '@backstage/plugin-permission-common';

/**
 * See deployments, their history and the rules of deploying.
 *
 * @public
 */
export const harnessCdDeploymentReadPermission = createPermission({
  name: 'harness-cd.deployment.read',
  attributes: { action: 'read' },
});

/**
 * Start a deployment.
 *
 * @public
 */
export const harnessCdDeploymentCreatePermission = createPermission({
  name: 'harness-cd.deployment.create',
  attributes: { action: 'create' },
});

/**
 * Every permission of Harness CD.
 *
 * @public
 */
export const harnessCdPermissions = [harnessCdDeploymentReadPermission, harnessCdDeploymentCreatePermission];
