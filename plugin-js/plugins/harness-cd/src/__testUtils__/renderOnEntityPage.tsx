import type { Entity } from '@backstage/catalog-model';
import { mockApis, renderInTestApp } from '@backstage/frontend-test-utils';
import { EntityProvider, entityRouteRef } from '@backstage/plugin-catalog-react';
import { permissionApiRef } from '@backstage/plugin-permission-react';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { type SignalApi, signalApiRef } from '@backstage/plugin-signals-react';
import { deploymentsRouteRef } from '../routes';
import { harnessCdApiRef, harnessCdQueryClientApiRef } from '../shared/api';
import { createQueryClient } from '../shared/queryClient';
import type { InMemoryHarnessCd } from './InMemoryHarnessCd';
import { paymentService } from './paymentService';

/** Renders a part of the plugin as on an entity's page, against a backend in memory. */
export function renderOnEntityPage(
  element: JSX.Element,
  harnessCd: InMemoryHarnessCd,
  options: { entity?: Entity; path?: string; mayDeploy?: boolean; hasTab?: boolean; signals?: SignalApi } = {},
) {
  const { entity = paymentService, path = '/', mayDeploy = true, hasTab = true } = options;
  const permissionApi = mockApis.permission({
    authorize: mayDeploy ? AuthorizeResult.ALLOW : AuthorizeResult.DENY,
  });
  return renderInTestApp(<EntityProvider entity={entity}>{element}</EntityProvider>, {
    initialRouteEntries: [path],
    mountedRoutes: {
      '/catalog/:namespace/:kind/:name': entityRouteRef,
      ...(hasTab ? { '/deployments': deploymentsRouteRef } : {}),
    },
    apis: [
      [harnessCdApiRef, harnessCd],
      [harnessCdQueryClientApiRef, createQueryClient({ defaultOptions: { queries: { retryDelay: 1 } } })],
      [permissionApiRef, permissionApi],
      ...(options.signals ? [[signalApiRef, options.signals] as const] : []),
    ],
  });
}
