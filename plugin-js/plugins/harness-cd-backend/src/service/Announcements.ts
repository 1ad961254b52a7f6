import { createHmac } from 'node:crypto';
import type { LoggerService } from '@backstage/backend-plugin-api';
import { stringifyError } from '@backstage/errors';
import type { EventsService } from '@backstage/plugin-events-node';
import type { SignalsService } from '@backstage/plugin-signals-node';
import type { JsonObject } from '@backstage/types';
import {
  type ChangeSignal,
  DEPLOYMENT_TOPIC,
  type DeploymentEvent,
  HEARTBEAT_CHANNEL,
  type HarnessScope,
  type PipelineRef,
} from 'backstage-plugin-harness-cd-common';
import { scopeOf } from '../store/columns';
import { pipelineKey } from '../store/scopes';
import { type Changed, type Lane, laneOfProject } from '../store/SyncStore';

/** So often pages are told at most that something of a pipeline has changed. */
const PIPELINE_MS = 1_000;
/** And of all pipelines of a project, while its record is being filled. */
const PROJECT_MS = 5_000;
/** And of anything at all. */
const FLEET_MS = 5_000;

/**
 * Tells pages by signals and other plugins by events what has changed. A signal says no more than that: what it is, each
 * page asks for by itself, with the permissions of who looks. A channel is named by a secret, so that who may not see a
 * pipeline cannot even listen when it runs.
 */
export class Announcements {
  /** When channels may be told again, and whether there is something to tell. */
  readonly #quiet = new Map<string, { isDue: boolean }>();

  constructor(
    private readonly options: {
      events: Pick<EventsService, 'publish'>;
      logger: LoggerService;
      secret: string;
      signals: SignalsService;
    },
  ) {}

  /** The channels of a pipeline's changes: its own, and that of its project. */
  channelsOf(pipeline: PipelineRef): string[] {
    return [this.#channelOf(pipeline), this.#channelOf(laneOfProject(pipeline))];
  }

  /** The channel of the changes of all pipelines. */
  channelOfAll(): string {
    return this.#named('fleet');
  }

  /** Somebody who hears this hears the rest. */
  async heartbeat(): Promise<void> {
    await this.#publish(HEARTBEAT_CHANNEL, {});
  }

  /** An execution went on, of which the pages of a pipeline tell. */
  executionWentOn(pipeline: PipelineRef, execution: string): void {
    void this.#publish(this.#channelOf(pipeline), { execution });
  }

  /** The record of a lane has changed. What fills that of a project is no news, and is told seldom. */
  recordChanged(lane: Lane, { deployments, pipelines }: Changed, { isFilling }: { isFilling: boolean }): void {
    if (isFilling && lane.pipeline === '') {
      if (pipelines.length > 0) this.projectChanged(lane);
      return;
    }
    for (const pipeline of pipelines) this.#tell(this.#channelOf({ ...scopeOf(lane), pipeline }), PIPELINE_MS);
    if (pipelines.length > 0) this.#tell(this.channelOfAll(), FLEET_MS);
    if (!isFilling) for (const event of deployments) void this.#publishEvent(event);
  }

  /** Something has changed that all pages of a project show, such as whether Harness can be asked. */
  projectChanged(project: HarnessScope): void {
    this.#tell(this.#channelOf(laneOfProject(project)), PROJECT_MS);
    this.#tell(this.channelOfAll(), FLEET_MS);
  }

  #channelOf(lane: Lane): string {
    return this.#named(pipelineKey(lane));
  }

  #named(what: string): string {
    const digest = createHmac('sha256', this.options.secret).update(what).digest('hex');
    return `${HEARTBEAT_CHANNEL}:${digest}`;
  }

  /** Tells a channel at once, and once more behind a while where there was something else in it. */
  #tell(channel: string, everyMs: number): void {
    const quiet = this.#quiet.get(channel);
    if (quiet) {
      quiet.isDue = true;
      return;
    }
    const told = { isDue: false };
    this.#quiet.set(channel, told);
    setTimeout(() => {
      this.#quiet.delete(channel);
      if (told.isDue) this.#tell(channel, everyMs);
    }, everyMs).unref();
    void this.#publish(channel, {});
  }

  async #publish(channel: string, message: ChangeSignal & JsonObject): Promise<void> {
    const { logger, signals } = this.options;
    await signals
      .publish({ recipients: { type: 'broadcast' }, channel, message })
      .catch(error => logger.debug(`Harness CD could not tell pages of a change: ${stringifyError(error)}`));
  }

  async #publishEvent(eventPayload: DeploymentEvent): Promise<void> {
    const { events, logger } = this.options;
    await events
      .publish({ topic: DEPLOYMENT_TOPIC, eventPayload })
      .catch(error => logger.warn(`Harness CD could not tell other plugins of a deployment: ${stringifyError(error)}`));
  }
}
