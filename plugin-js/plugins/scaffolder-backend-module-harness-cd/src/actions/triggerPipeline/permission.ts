import { isDeepStrictEqual } from 'node:util';
import type { BackstageCredentials, PermissionsService } from '@backstage/backend-plugin-api';
import { parseEntityRef } from '@backstage/catalog-model';
import { NotAllowedError } from '@backstage/errors';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import {
  harnessCdDeploymentCreatePermission as permission,
  type PipelineRef,
} from 'backstage-plugin-harness-cd-common';
import { authorizedEntity, type HarnessCdService, pipelineOf } from 'backstage-plugin-harness-cd-node';

/** Throws a `NotAllowedError` for whoever may not run a pipeline. */
export async function requireDeployPermission(
  target: { pipeline: PipelineRef; entityRef?: string },
  services: {
    credentials: BackstageCredentials;
    catalog: CatalogService;
    harnessCd: HarnessCdService;
    permissions: PermissionsService;
  },
): Promise<void> {
  const { pipeline, entityRef } = target;
  if (!entityRef) {
    await requireForAnyEntity(services);
    return;
  }
  const ref = parseEntityRef(entityRef, { defaultKind: 'component', defaultNamespace: 'default' });
  const entity = await authorizedEntity(ref, { permission, ...services });
  const own = await pipelineOf(entity, services.harnessCd);
  // Whoever may deploy one entity may not run the pipeline of another.
  if (!isDeepStrictEqual(own, pipeline)) {
    throw new NotAllowedError(`${entityRef} is deployed by the pipeline ${own.pipeline}, not by ${pipeline.pipeline}.`);
  }
}

async function requireForAnyEntity(services: {
  credentials: BackstageCredentials;
  permissions: PermissionsService;
}): Promise<void> {
  const { credentials, permissions } = services;
  const [decision] = await permissions.authorizeConditional([{ permission }], { credentials });
  if (decision.result === AuthorizeResult.CONDITIONAL) {
    throw new NotAllowedError(
      `The permission ${permission.name} depends on what is deployed: the step has to name the entity as entityRef.`,
    );
  }
  if (decision.result !== AuthorizeResult.ALLOW) {
    throw new NotAllowedError(`You lack the permission ${permission.name}.`);
  }
}
