import type { LifecycleService, LoggerService } from '@backstage/backend-plugin-api';
import { stringifyError } from '@backstage/errors';
import type { DeploymentStore } from '../store/DeploymentStore';
import type { EventStore } from '../store/EventStore';
import type { StartStore } from '../store/StartStore';
import type { Starts } from './starts/Starts';

const DAY_MS = 24 * 60 * 60_000;
const SWEEP_EVERY_MS = 30_000;
const PRUNE_EVERY_MS = 6 * 60 * 60_000;
/** For so long a start that started nothing can be asked for. */
const OTHERS_KEPT_MS = 7 * DAY_MS;

/** For so long it is known which events of Harness have come, and older ones are not taken. */
export const EVENT_KEPT_MS = 35 * DAY_MS;

interface Services {
  deployments: Pick<DeploymentStore, 'prune'>;
  events: Pick<EventStore, 'prune'>;
  lifecycle: LifecycleService;
  logger: LoggerService;
  /** For how long the history says what ran and who started it, ms. */
  retentionMs: number;
  starts: Pick<Starts, 'sweep' | 'stop'>;
  store: Pick<StartStore, 'prune'>;
}

/** What is done without being asked, from the start of a backend to its end: by each, and harmless to do twice. */
export function keepHouse(services: Services): void {
  const { lifecycle, logger, starts } = services;
  const timers = [
    repeat(SWEEP_EVERY_MS, () => starts.sweep(), logger),
    repeat(PRUNE_EVERY_MS, () => prune(services), logger),
  ];
  lifecycle.addShutdownHook(() => {
    timers.forEach(clearInterval);
    starts.stop();
  });
}

/** Forgets what is older than anybody asks for. */
export async function prune(
  services: Pick<Services, 'deployments' | 'events' | 'retentionMs' | 'store'>,
): Promise<void> {
  const now = Date.now();
  const before = now - services.retentionMs;
  await services.deployments.prune(before);
  await services.events.prune(now - EVENT_KEPT_MS);
  await services.store.prune({ started: before, others: now - OTHERS_KEPT_MS });
}

/** Does something now and again and again, once at a time. */
function repeat(everyMs: number, job: () => Promise<void>, logger: LoggerService): NodeJS.Timeout {
  let isAtWork = false;
  const run = async () => {
    if (isAtWork) return;
    isAtWork = true;
    await job().catch(error => logger.warn(`Harness CD could not tidy up: ${stringifyError(error)}`));
    isAtWork = false;
  };
  void run();
  return setInterval(run, everyMs).unref();
}
