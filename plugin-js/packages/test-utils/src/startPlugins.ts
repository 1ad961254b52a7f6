import { type BackendFeature, createBackendPlugin, type ServiceRef } from '@backstage/backend-plugin-api';
import { startTestBackend } from '@backstage/backend-test-utils';

/** Starts a backend of these plugins, and gives what each of them gets for a service. */
export async function startPlugins<T>(
  service: ServiceRef<T, 'plugin', 'singleton'>,
  options: { pluginIds: string[]; features: BackendFeature[] },
): Promise<T[]> {
  const services: T[] = [];
  const plugins = options.pluginIds.map(pluginId =>
    createBackendPlugin({
      pluginId,
      register(env) {
        env.registerInit({
          deps: { service },
          init: async deps => void services.push(deps.service as T),
        });
      },
    }),
  );
  await startTestBackend({ features: [...plugins, ...options.features] });
  return services;
}
