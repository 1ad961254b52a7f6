import { createHash, randomUUID } from 'node:crypto';
import type { DeployRequest, DeployRules } from 'backstage-plugin-harness-cd-common';
import type { EntityPipeline } from 'backstage-plugin-harness-cd-node';
import type { Asked, Start } from '../../store/StartStore';

const MAX_SHOWN = 256;
const MAX_SHOWN_NAMES = 50;

/** A request to start an entity's pipeline. */
export interface StartRequest {
  target: EntityPipeline;
  /** Under which it is one start, however often it arrives. */
  key: string;
  /** The request as it was sent. */
  text: string;
  /** An entity ref. */
  startedBy: string;
  /** Aborted when whoever asked has gone before there was an answer. */
  caller: AbortSignal;
  /** Told of the outcome. */
  ended?: (start: Start) => Promise<void>;
}

/** The start that a request asks for, as it is before anything was done for it. */
export function newStart({ target, key, text, startedBy }: StartRequest, leaseUntil: number): Start {
  const { entityRef, pipeline } = target;
  const now = Date.now();
  return {
    entityRef,
    key,
    pipeline,
    startedBy,
    digest: sha256(canonical(text)),
    asked: askedOf(readLeniently(text), target.rules),
    nonce: sha256(`${entityRef}\n${key}`).slice(0, 32),
    state: 'checking',
    outcome: undefined,
    createdAt: now,
    updatedAt: now,
    sentAt: undefined,
    owner: randomUUID(),
    leaseUntil,
  };
}

/** What of a request people want to read. */
export function askedOf(request: Partial<DeployRequest>, rules: DeployRules | undefined): Asked {
  const shown = (text: unknown) => (typeof text === 'string' ? text.slice(0, MAX_SHOWN) : undefined);
  const environment = shown(request.environment);
  const ruled = rules?.environments.find(({ name }) => name === environment);
  return {
    service: rules?.service,
    serviceIdentifier: rules?.serviceIdentifier,
    imageTag: shown(request.imageTag),
    environment,
    environmentIdentifier: ruled?.identifier,
    environmentType: ruled?.environmentType,
    region: shown(request.region),
    changeTicket: shown(request.changeTicket),
    inputSets: shownList(request.inputSets),
    stages: shownList(request.stages),
  };
}

/** The names in a list; undefined where there are none. */
function shownList(names: unknown): string[] | undefined {
  if (!Array.isArray(names) || names.length === 0) return undefined;
  return names.slice(0, MAX_SHOWN_NAMES).map(name => String(name).slice(0, MAX_SHOWN));
}

/** A request that was not checked yet, for people alone: what runs is what the core reads. */
function readLeniently(text: string): Partial<DeployRequest> {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}

/**
 * The same text for requests that say the same: what stands between the members and their order do not count. The digits
 * of a number do, as they do to the core. What is no JSON stands for itself.
 */
function canonical(text: string): string {
  const inOrder = (_name: string, value: unknown, { source }: { source?: string } = {}) => {
    // No text that may be sent begins so.
    if (typeof value === 'number') return `\0${source ?? value}`;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
  };
  try {
    return JSON.stringify(JSON.parse(text, inOrder));
  } catch {
    return text;
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
