import type { Deployment, PipelineRef } from './generated/types';

/**
 * The channel of Backstage's signals on which the backend says again and again that it is heard: whoever hears it need
 * not ask whether something has changed. Its messages are empty.
 *
 * @public
 */
export const HEARTBEAT_CHANNEL = 'harness-cd';

/**
 * How often the backend says so, ms. Who has heard nothing for three times as long asks again.
 *
 * @public
 */
export const HEARTBEAT_MS = 20_000;

/**
 * The answer of `GET …/channels` and of `GET /v1/fleet/channels`.
 *
 * @public
 */
export interface ChannelsResponse {
  /**
   * The channels of Backstage's signals on which a {@link ChangeSignal} comes when something that is told of the entity's
   * pipeline has changed, or of any. Their names cannot be guessed: only who may see the pipeline, or any, can listen.
   */
  channels: string[];
}

/**
 * What a signal says: that something has changed, and has to be asked for.
 *
 * @public
 */
export interface ChangeSignal {
  /** The execution that went on; absent where the record of deployments has changed. */
  execution?: string;
}

/**
 * The topic of Backstage's events service under which a {@link DeploymentEvent} is published.
 *
 * @public
 */
export const DEPLOYMENT_TOPIC = 'harnessCd.deployment';

/**
 * What other plugins are told when a deployment began, went on or ended, or was corrected in Harness. It is published by
 * the backend that has stored it, once, and not for what ran before the record of its project was whole.
 *
 * @public
 */
export interface DeploymentEvent {
  /** The pipeline that it is a run of. */
  pipeline: PipelineRef;
  /** How it stands. */
  deployment: Deployment;
}
