import type { Router } from 'express';
import type { HttpAuthService } from '@backstage/backend-plugin-api';
import type { ChannelsResponse } from 'backstage-plugin-harness-cd-common';
import type { Announcements } from '../service/Announcements';
import type { FleetReports } from '../service/fleet/FleetReports';
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

/** On which channel it is told that something of the fleet has changed, to who may see some of it. */
export function addFleetChannelRoutes(
  router: Router,
  services: {
    announcements: Pick<Announcements, 'channelOfAll'>;
    fleet: Pick<FleetReports, 'isVisible'>;
    httpAuth: HttpAuthService;
  },
): void {
  const { announcements, fleet, httpAuth } = services;

  router.get('/v1/fleet/channels', async (req, res) => {
    const credentials = await httpAuth.credentials(req, { allow: ['user', 'service'] });
    const answer: ChannelsResponse = {
      channels: (await fleet.isVisible(credentials)) ? [announcements.channelOfAll()] : [],
    };
    res.json(answer);
  });
}
