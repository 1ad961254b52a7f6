import type { SchedulerService } from '@backstage/backend-plugin-api';
import type { FleetMatrices } from '../service/fleet/FleetMatrices';

/** Has what runs where of every pipeline told soon after it has changed, a few pipelines at a time. */
export async function scheduleMatrices(services: {
  matrices: Pick<FleetMatrices, 'takeUp'>;
  scheduler: SchedulerService;
}): Promise<void> {
  const { matrices, scheduler } = services;
  await scheduler.scheduleTask({
    id: 'harness-cd-matrices',
    scope: 'local',
    initialDelay: { seconds: 5 },
    frequency: { seconds: 2 },
    timeout: { minutes: 1 },
    fn: () => matrices.takeUp(),
  });
}
