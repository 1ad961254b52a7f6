import type { BackstageCredentials, PermissionsService } from '@backstage/backend-plugin-api';
import { type CompoundEntityRef, type Entity, stringifyEntityRef } from '@backstage/catalog-model';
import { NotAllowedError, NotFoundError } from '@backstage/errors';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import { AuthorizeResult, type ResourcePermission } from '@backstage/plugin-permission-common';

/**
 * An entity for somebody who sees it in the catalog and has permissions for it: `NotFoundError` for whoever does not
 * see it, `NotAllowedError` for whoever lacks one of them.
 *
 * @public
 */
export async function authorizedEntity(
  ref: CompoundEntityRef,
  options: {
    /** Some that catalog entities are the resources of. */
    needs: ResourcePermission<'catalog-entity'>[];
    credentials: BackstageCredentials;
    catalog: CatalogService;
    permissions: PermissionsService;
  },
): Promise<Entity> {
  const { needs, credentials, catalog, permissions } = options;
  const resourceRef = stringifyEntityRef(ref);
  const entity = await catalog.getEntityByRef(ref, { credentials });
  if (!entity) throw new NotFoundError(`There is no entity ${resourceRef} that you can see.`);
  const questions = needs.map(permission => ({ permission, resourceRef }));
  const decisions = await permissions.authorize(questions, { credentials });
  const lacked = needs.find((_, index) => decisions[index]?.result !== AuthorizeResult.ALLOW);
  if (lacked) throw new NotAllowedError(`You lack the permission ${lacked.name} for ${resourceRef}.`);
  return entity;
}
