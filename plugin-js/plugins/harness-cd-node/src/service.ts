import {
  coreServices,
  createServiceFactory,
  createServiceRef,
  type RootConfigService,
  type RootLifecycleService,
  type RootLoggerService,
  type UrlReaderService,
} from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import { HarnessClient } from 'harness-cd-wasm';
import { type HarnessCdConfig, readHarnessCdConfig, unknownKeys } from './config';
import { ConfigRepo } from './ConfigRepo';
import { configRepoReader } from './configRepoFiles';
import { harnessFailure } from './errors';
import { DefaultHarnessCdService, type HarnessCdService } from './HarnessCdService';

const REQUEST_TIMEOUT_MS = 20_000;

/**
 * Harness CD, configured under `harnessCd`. Depend on it as on a core service; nothing needs to be installed.
 *
 * All plugins of a backend share one: one client on the API key, one reading of the config repo, one cache.
 *
 * @public
 */
export const harnessCdServiceRef = createServiceRef<HarnessCdService>({
  id: 'harness-cd',
  // `root` would say it better, but URL readers are of plugins, and an installation's own ones are known there alone.
  scope: 'plugin',
  defaultFactory: async service =>
    createServiceFactory({
      service,
      deps: {
        config: coreServices.rootConfig,
        logger: coreServices.rootLogger,
        lifecycle: coreServices.rootLifecycle,
        urlReader: coreServices.urlReader,
      },
      createRootContext: deps => {
        let shared: Promise<HarnessCdService> | undefined;
        return (urlReader: UrlReaderService) => (shared ??= createHarnessCdService({ ...deps, urlReader }));
      },
      factory: ({ urlReader }, open) => open(urlReader),
    }),
});

async function createHarnessCdService(deps: {
  config: RootConfigService;
  logger: RootLoggerService;
  urlReader: UrlReaderService;
  lifecycle: RootLifecycleService;
}): Promise<HarnessCdService> {
  const { config, urlReader, lifecycle } = deps;
  const logger = deps.logger.child({ plugin: 'harness-cd' });
  const unknown = unknownKeys(config);
  if (unknown) logger.warn(unknown);
  const settings = readHarnessCdConfig(config);
  const client = createClient(settings);
  lifecycle.addShutdownHook(() => client.free());

  const { baseUrl, configRepo: target, scope, trustAnnotations: trust } = settings;
  const configRepo = new ConfigRepo(target, configRepoReader(target, urlReader), logger);
  // Said at start rather than at the first deployment. A backend does not stay down for it: the cause may pass.
  await configRepo.check().catch(() => {}); // the log has it

  const harnessCd = new DefaultHarnessCdService({
    client,
    configRepo,
    logger,
    scope,
    trust,
    baseUrl,
  });
  // Not waited for: Harness may be slow, and a backend starts without it.
  lifecycle.addStartupHook(() => {
    harnessCd.tryAccess().catch(() => {}); // the log has it
  });
  return harnessCd;
}

function createClient({ baseUrl, apiKey, scope }: HarnessCdConfig): HarnessClient {
  try {
    return new HarnessClient({ baseUrl, apiKey, account: scope.account, timeoutMs: REQUEST_TIMEOUT_MS });
  } catch (error) {
    throw harnessFailure('INVALID_CONFIG', `harnessCd in app-config: ${toError(error).message}`);
  }
}
