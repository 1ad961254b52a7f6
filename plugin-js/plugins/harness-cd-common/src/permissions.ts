import { RESOURCE_TYPE_CATALOG_ENTITY } from '@backstage/plugin-catalog-common/alpha';
import { createPermission } from '@backstage/plugin-permission-common';

/**
 * See deployments of a catalog entity, their history and the rules of deploying.
 *
 * @public
 */
export const harnessCdDeploymentReadPermission = createPermission({
  name: 'harness-cd.deployment.read',
  attributes: { action: 'read' },
  resourceType: RESOURCE_TYPE_CATALOG_ENTITY,
});

/**
 * Start a deployment of a catalog entity.
 *
 * @public
 */
export const harnessCdDeploymentCreatePermission = createPermission({
  name: 'harness-cd.deployment.create',
  attributes: { action: 'create' },
  resourceType: RESOURCE_TYPE_CATALOG_ENTITY,
});

/**
 * Every permission of Harness CD.
 *
 * @public
 */
export const harnessCdPermissions = [harnessCdDeploymentReadPermission, harnessCdDeploymentCreatePermission];
