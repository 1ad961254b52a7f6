import type { Router } from 'express';
import type { ChannelsResponse } from 'backstage-plugin-harness-cd-common';
import type { Announcements } from '../service/Announcements';
import type { EntityAccess } from './EntityAccess';

/** On which channels of Backstage's signals who may see an entity's pipeline is told of its changes. */
export function addChannelRoutes(
  router: Router,
  services: { access: EntityAccess; announcements: Pick<Announcements, 'channelsOf'> },
): void {
  const { access, announcements } = services;

  router.get('/channels', async (req, res) => {
    const entity = await access.readableEntity(req);
    const { pipeline } = await access.visiblePipelineOf(entity, req);
    const answer: ChannelsResponse = { channels: announcements.channelsOf(pipeline) };
    res.json(answer);
  });
}
