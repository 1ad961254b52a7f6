import { mockServices } from '@backstage/backend-test-utils';
import type { Deployment, PipelineRef } from 'backstage-plugin-harness-cd-common';
import { laneOfProject } from '../store/SyncStore';
import { Announcements } from './Announcements';

const pipeline: PipelineRef = { account: 'acme', org: 'default', project: 'platform', pipeline: 'shop_cd' };
const deployment = { id: 'run/deploy', executionId: 'run', pipeline: 'shop_cd' } as Deployment;
const changed = { deployments: [{ pipeline, deployment }], pipelines: ['shop_cd'] };

describe('Announcements', () => {
  const signals = { publish: jest.fn(async () => {}) };
  const events = { publish: jest.fn(async () => {}) };
  const create = (secret = 'of one portal') =>
    new Announcements({ events, logger: mockServices.logger.mock(), secret, signals });
  const told = () => signals.publish.mock.calls.map(([signal]: any[]) => signal.channel);

  beforeEach(() => {
    jest.clearAllMocks();
    jest.useFakeTimers();
  });

  afterEach(() => jest.useRealTimers());

  it('names channels so that nobody can guess them, and all backends of a portal alike', () => {
    const [own, project] = create().channelsOf(pipeline);
    expect(create().channelsOf(pipeline)).toEqual([own, project]);
    expect(create('of another').channelsOf(pipeline)).not.toContain(own);
    expect(create().channelsOf({ ...pipeline, pipeline: 'other' })).toEqual([expect.any(String), project]);
    expect([own, project]).not.toContain(create().channelOfAll());
    expect(`${own} ${project}`).not.toMatch(/acme|platform|shop/);
  });

  it('tells a channel at once, and once more where there was more to tell', () => {
    const announcements = create();
    const [own] = announcements.channelsOf(pipeline);
    const all = announcements.channelOfAll();
    const change = () => announcements.recordChanged(laneOfProject(pipeline), changed, { isFilling: false });
    for (let times = 0; times < 50; times += 1) change();
    expect(told()).toEqual([own, all]);
    jest.advanceTimersByTime(1_000);
    expect(told()).toEqual([own, all, own]);
    jest.advanceTimersByTime(4_000);
    expect(told()).toEqual([own, all, own, all]);
    jest.advanceTimersByTime(60_000);
    expect(told()).toEqual([own, all, own, all]);
    change();
    expect(told()).toEqual([own, all, own, all, own, all]);
  });

  it('says nothing of what it is to pages, and all of it to plugins', () => {
    create().recordChanged(laneOfProject(pipeline), changed, { isFilling: false });
    const signal = { recipients: { type: 'broadcast' }, channel: expect.any(String), message: {} };
    expect(signals.publish.mock.calls).toEqual([[signal], [signal]]);
    expect(events.publish.mock.calls).toEqual([
      [{ topic: 'harnessCd.deployment', eventPayload: { pipeline, deployment } }],
    ]);
  });

  it('tells a project and the fleet while its record is filled, and no plugin', () => {
    const announcements = create();
    const [own, project] = announcements.channelsOf(pipeline);
    const all = announcements.channelOfAll();
    announcements.recordChanged(laneOfProject(pipeline), changed, { isFilling: true });
    expect(told()).toEqual([project, all]);
    announcements.recordChanged(pipeline, changed, { isFilling: true });
    expect(told()).toEqual([project, all, own]);
    expect(events.publish).not.toHaveBeenCalled();
  });
});
