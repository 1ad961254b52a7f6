import type { Request } from 'express';
import type { BackstageCredentials, HttpAuthService, PermissionsService } from '@backstage/backend-plugin-api';
import { type CompoundEntityRef, type Entity, stringifyEntityRef } from '@backstage/catalog-model';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import type { ResourcePermission } from '@backstage/plugin-permission-common';
import {
  harnessCdDeploymentCreatePermission,
  harnessCdDeploymentReadPermission,
} from 'backstage-plugin-harness-cd-common';
import {
  authorizedEntity,
  type ChosenPipeline,
  type HarnessCdService,
  pipelineOf,
  visiblePipelineOf,
} from 'backstage-plugin-harness-cd-node';
import { KeptBriefly } from '../service/KeptBriefly';
import { wrongQuery } from '../wrongQuery';

/** Where the routes of an entity are. */
export const ENTITY_PATH = '/v1/entities/:kind/:namespace/:name';

/** What is needed to see an entity's deployments is asked for first: a violation names rules and inputs. */
export const NEEDED_TO_DEPLOY = [harnessCdDeploymentReadPermission, harnessCdDeploymentCreatePermission];

/** For so long it is known who sees an entity and may see its deployments: a page asks for several things at once. */
const KNOWN_FOR_MS = 5_000;
const MOST_KNOWN = 2_000;

/** The entity that the path of a request names. */
export function entityRefOf(req: Request): CompoundEntityRef {
  const { kind, namespace, name } = req.params;
  return { kind, namespace, name };
}

/** The way to what a request is about: the caller sees the entity, has the permission, and the entity has a pipeline. */
export class EntityAccess {
  readonly #readable = new KeptBriefly<Entity>({ forMs: KNOWN_FOR_MS, most: MOST_KNOWN });

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
    const question = JSON.stringify([credentials.principal, stringifyEntityRef(entityRefOf(req))]);
    return this.#readable.get(question, () =>
      this.authorizedEntity(req, { credentials, needs: [harnessCdDeploymentReadPermission] }),
    );
  }

  /** The entity of a request that is for those who may deploy it; of a person, where nothing else is allowed. */
  async deployableEntity(
    req: Request,
    { allow }: { allow: ('user' | 'service')[] } = { allow: ['user'] },
  ): Promise<Entity> {
    const credentials = await this.services.httpAuth.credentials(req, { allow });
    return this.authorizedEntity(req, { credentials, needs: NEEDED_TO_DEPLOY });
  }

  /** The entity of a request, for somebody who needs permissions for it. */
  async authorizedEntity(
    req: Request,
    options: { credentials: BackstageCredentials; needs: ResourcePermission<'catalog-entity'>[] },
  ): Promise<Entity> {
    return authorizedEntity(entityRefOf(req), { ...this.services, ...options });
  }

  /** The pipeline of an entity that a request is about. */
  async pipelineOf(entity: Entity, req: Request): Promise<ChosenPipeline> {
    return pipelineOf(entity, this.services.harnessCd, labelOf(req));
  }

  /** The pipeline of an entity, which may see it. */
  async visiblePipelineOf(entity: Entity, req: Request): Promise<ChosenPipeline> {
    return visiblePipelineOf(entity, this.services.harnessCd, labelOf(req));
  }
}

/** What the pipeline that a request is about is called; the entity's first is meant where nothing is said. */
function labelOf({ query }: Request): string | undefined {
  const { pipeline } = query;
  if (pipeline === undefined || typeof pipeline === 'string') return pipeline;
  throw wrongQuery('pipeline takes the label of one pipeline, once.');
}
