import type { BackstageCredentials, PermissionsService } from '@backstage/backend-plugin-api';
import { type CompoundEntityRef, type Entity, stringifyEntityRef } from '@backstage/catalog-model';
import { NotAllowedError, NotFoundError } from '@backstage/errors';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import { AuthorizeResult, type ResourcePermission } from '@backstage/plugin-permission-common';

/**
 * An entity for somebody who sees it in the catalog and has a permission for it: `NotFoundError` for whoever does not
 * see it, `NotAllowedError` for whoever lacks the permission.
 *
 * @public
 */
export async function authorizedEntity(
  ref: CompoundEntityRef,
  options: {
    /** One that catalog entities are the resources of. */
    permission: ResourcePermission<'catalog-entity'>;
    credentials: BackstageCredentials;
    catalog: CatalogService;
    permissions: PermissionsService;
  },
): Promise<Entity> {
  const { permission, credentials, catalog, permissions } = options;
  const resourceRef = stringifyEntityRef(ref);
  const entity = await catalog.getEntityByRef(ref, { credentials });
  if (!entity) throw new NotFoundError(`There is no entity ${resourceRef} that you can see.`);
  const [decision] = await permissions.authorize([{ permission, resourceRef }], { credentials });
  if (decision.result !== AuthorizeResult.ALLOW) {
    throw new NotAllowedError(`You lack the permission ${permission.name} for ${resourceRef}.`);
  }
  return entity;
}
