import { setTimeout as wait } from 'node:timers/promises';
import { mockServices } from '@backstage/backend-test-utils';
import { keepHouse, prune } from './keepHouse';

const DAY_MS = 24 * 60 * 60_000;

it('forgets runs after as many days as are kept, and starts that started nothing after 7', async () => {
  const deployments = { prune: jest.fn() };
  const events = { prune: jest.fn() };
  const store = { prune: jest.fn() };
  const before = Date.now();
  await prune({ deployments, events, retentionMs: 90 * DAY_MS, store });
  const [[started]] = deployments.prune.mock.calls;
  expect(started).toBeGreaterThanOrEqual(before - 90 * DAY_MS);
  expect(started).toBeLessThan(before - 89 * DAY_MS);
  expect(store.prune.mock.calls).toEqual([[{ started, others: started + 83 * DAY_MS }]]);
});

it('begins at once, goes on after a failure, and ends with the backend', async () => {
  jest.useFakeTimers({ doNotFake: ['setTimeout', 'setImmediate', 'nextTick', 'queueMicrotask'] });
  const lifecycle = mockServices.lifecycle.mock();
  const logger = mockServices.logger.mock();
  const starts = { sweep: jest.fn(async () => {}).mockRejectedValueOnce(new Error('no database')), stop: jest.fn() };
  const deployments = { prune: jest.fn() };
  const events = { prune: jest.fn() };
  const store = { prune: jest.fn() };
  keepHouse({ deployments, events, lifecycle, logger, retentionMs: 90 * DAY_MS, starts, store });
  await wait(10);
  expect(starts.sweep).toHaveBeenCalledTimes(1);
  expect(deployments.prune).toHaveBeenCalledTimes(1);
  expect(logger.warn).toHaveBeenCalledWith(expect.stringContaining('no database'));

  jest.advanceTimersByTime(30_000);
  await wait(10);
  expect(starts.sweep).toHaveBeenCalledTimes(2);

  const [[shutdown]] = lifecycle.addShutdownHook.mock.calls;
  await shutdown();
  jest.advanceTimersByTime(DAY_MS);
  expect(starts.sweep).toHaveBeenCalledTimes(2);
  expect(starts.stop).toHaveBeenCalledTimes(1);
  jest.useRealTimers();
});
