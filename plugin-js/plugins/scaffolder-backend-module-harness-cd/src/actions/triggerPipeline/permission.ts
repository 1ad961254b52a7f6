import type { BackstageCredentials, PermissionsService } from '@backstage/backend-plugin-api';
import { NotAllowedError } from '@backstage/errors';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { harnessCdDeploymentCreatePermission } from 'backstage-plugin-harness-cd-common';

/** Throws a `NotAllowedError` for whoever may not deploy. */
export async function requireDeployPermission(
  credentials: BackstageCredentials,
  permissions: PermissionsService,
): Promise<void> {
  const permission = harnessCdDeploymentCreatePermission;
  const [decision] = await permissions.authorize([{ permission }], { credentials });
  if (decision.result !== AuthorizeResult.ALLOW) {
    throw new NotAllowedError(`You lack the permission ${permission.name}.`);
  }
}
