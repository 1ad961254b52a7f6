import type { LifecycleService, SchedulerService } from '@backstage/backend-plugin-api';
import { type HarnessCdService, projectsInFull } from 'backstage-plugin-harness-cd-node';
import { HEARTBEAT_MS } from 'backstage-plugin-harness-cd-common';
import type { Announcements } from '../service/Announcements';
import type { DeploymentSync } from './DeploymentSync';

/**
 * Has the record of what ran kept from a few seconds after the start on. Every backend looks what is due: which one takes
 * a turn the database decides, turn by turn, so that they share the projects and one that is killed is missed for
 * some seconds. The lock of a task of all backends would be held until its timeout, and is looked at every 5 s only.
 */
export async function scheduleSync(services: {
  announcements: Pick<Announcements, 'heartbeat'>;
  harnessCd: Pick<HarnessCdService, 'accounts'>;
  lifecycle: LifecycleService;
  scheduler: SchedulerService;
  sync: DeploymentSync;
}): Promise<void> {
  const { announcements, harnessCd, lifecycle, scheduler, sync } = services;
  await sync.begin(harnessCd.accounts.flatMap(projectsInFull));
  await scheduler.scheduleTask({
    id: 'harness-cd-sync',
    scope: 'local',
    initialDelay: { seconds: 2 },
    frequency: { seconds: 1 },
    timeout: { minutes: 1 },
    fn: () => sync.takeUp(),
  });
  await scheduler.scheduleTask({
    id: 'harness-cd-sync-retire',
    initialDelay: { minutes: 1 },
    frequency: { minutes: 5 },
    timeout: { minutes: 1 },
    fn: () => sync.retire(),
  });
  // By one of all backends: who hears it is told of what any of them stores.
  await scheduler.scheduleTask({
    id: 'harness-cd-heartbeat',
    initialDelay: { seconds: 5 },
    frequency: { milliseconds: HEARTBEAT_MS },
    timeout: { milliseconds: HEARTBEAT_MS },
    fn: () => announcements.heartbeat(),
  });
  lifecycle.addShutdownHook(() => sync.stop());
}
