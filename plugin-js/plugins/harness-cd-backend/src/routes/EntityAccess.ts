import type { Request } from 'express';
import type { BackstageCredentials, HttpAuthService, PermissionsService } from '@backstage/backend-plugin-api';
import type { CompoundEntityRef, Entity } from '@backstage/catalog-model';
import { NotAllowedError, NotFoundError } from '@backstage/errors';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import { AuthorizeResult, type BasicPermission } from '@backstage/plugin-permission-common';
import { harnessCdDeploymentReadPermission, type PipelineRef } from 'backstage-plugin-harness-cd-common';
import type { HarnessCdService } from 'backstage-plugin-harness-cd-node';
import { pipelineOf } from '../service/pipelineOf';

/** Where the routes of an entity are. */
export const ENTITY_PATH = '/v1/entities/:kind/:namespace/:name';

/** The entity that the path of a request names. */
export function entityRefOf(req: Request): CompoundEntityRef {
  const { kind, namespace, name } = req.params;
  return { kind, namespace, name };
}

/** The way to what a request is about: the caller sees the entity, has the permission, and the entity has a pipeline. */
export class EntityAccess {
  constructor(
    private readonly services: {
      catalog: CatalogService;
      harnessCd: HarnessCdService;
      httpAuth: HttpAuthService;
      permissions: PermissionsService;
    },
  ) {}

  /** The entity of a request that reads. */
  async readableEntity(req: Request): Promise<Entity> {
    const credentials = await this.services.httpAuth.credentials(req, { allow: ['user', 'service'] });
    return this.authorizedEntity(req, { credentials, permission: harnessCdDeploymentReadPermission });
  }

  /** The entity of a request, for somebody who needs a permission for it. */
  async authorizedEntity(
    req: Request,
    options: { credentials: BackstageCredentials; permission: BasicPermission },
  ): Promise<Entity> {
    const { credentials, permission } = options;
    const { kind, namespace, name } = entityRefOf(req);
    const entity = await this.services.catalog.getEntityByRef({ kind, namespace, name }, { credentials });
    if (!entity) throw new NotFoundError(`There is no entity ${kind}:${namespace}/${name} that you can see.`);
    const [decision] = await this.services.permissions.authorize([{ permission }], { credentials });
    if (decision.result !== AuthorizeResult.ALLOW) {
      throw new NotAllowedError(`You lack the permission ${permission.name}.`);
    }
    return entity;
  }

  /** The pipeline of an entity. */
  async pipelineOf(entity: Entity): Promise<PipelineRef> {
    return pipelineOf(entity, this.services.harnessCd);
  }
}
