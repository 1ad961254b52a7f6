import {
  coreServices,
  createServiceFactory,
  createServiceRef,
  type RootConfigService,
  type RootLifecycleService,
  type LoggerService,
  type RootLoggerService,
  type UrlReaderService,
} from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import { HarnessClient } from 'harness-cd-wasm';
import { type AccountConfig, type ConfigRepoConfig, readHarnessCdConfig, unknownKeys } from './config';
import { ConfigRepo } from './ConfigRepo';
import { ConfigRepos } from './ConfigRepos';
import { configRepoReader } from './configRepoFiles';
import { harnessFailure, isHarnessFailure } from './errors';
import { type Account, DefaultHarnessCdService, type HarnessCdService } from './HarnessCdService';

const REQUEST_TIMEOUT_MS = 20_000;
const SEVERAL_PROJECTS =
  'harnessCd in app-config names one project; harnessCd.accounts takes several, of several accounts: [{ id, apiKey, projects: [org/project] }]';
const NO_CONFIG_REPO =
  'harnessCd in app-config names no config repo: there are no rules, and every pipeline runs by its own inputs';

/**
 * Harness CD, configured under `harnessCd`. Depend on it as on a core service; nothing needs to be installed.
 *
 * All plugins of a backend share one: one client on each API key, one reading of each config repo, one cache.
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
  if (settings.isOfOneProject) logger.info(SEVERAL_PROJECTS);
  if (settings.configRepos.length === 0) logger.info(NO_CONFIG_REPO);
  const accounts = settings.accounts.map(account => openAccount(account, logger));
  const [first, ...others] = accounts.map(({ client }) => client);
  // Where no account is of use, whoever runs the portal is told at once; where some are, the others are asked in vain.
  if (isHarnessFailure(first) && others.every(isHarnessFailure)) throw first;
  lifecycle.addShutdownHook(() => {
    for (const { client } of accounts) if (!isHarnessFailure(client)) client.free();
  });

  const repos = settings.configRepos.map(repo => openConfigRepo(repo, urlReader, logger));
  // Said at start rather than at the first deployment. A backend does not stay down for it: the cause may pass.
  await Promise.allSettled(repos.map(({ repo }) => repo.check())); // the log has it

  const harnessCd = new DefaultHarnessCdService({
    accounts,
    configRepos: new ConfigRepos(repos),
    logger,
    trust: settings.trustAnnotations,
  });
  // Not waited for: Harness may be slow, and a backend starts without it.
  lifecycle.addStartupHook(() => void harnessCd.tryAccess());
  return harnessCd;
}

function openConfigRepo(
  { target, scope, configuredAt }: ConfigRepoConfig,
  urlReader: UrlReaderService,
  logger: LoggerService,
) {
  return { scope, repo: new ConfigRepo(target, configRepoReader(target, urlReader), logger, configuredAt) };
}

/** An account with its client. One that cannot be asked hides nothing of the others. */
function openAccount({ apiKey, ...reach }: AccountConfig, logger: LoggerService): Account {
  const { baseUrl, id } = reach;
  try {
    return { reach, client: new HarnessClient({ baseUrl, apiKey, account: id, timeoutMs: REQUEST_TIMEOUT_MS }) };
  } catch (error) {
    const message = `harnessCd in app-config, account ${id}: ${toError(error).message}`;
    logger.error(message);
    return { reach, client: harnessFailure('INVALID_CONFIG', message) };
  }
}
