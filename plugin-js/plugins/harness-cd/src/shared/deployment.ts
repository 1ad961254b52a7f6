import type { Deployment } from 'backstage-plugin-harness-cd-common';
import type { Timed } from './time/RunTime';

/** What a deployment brings, as far as it is known. A run that Harness does not list yet has nothing but its tag. */
export function versionOf({ version, imageTag }: Deployment): string | undefined {
  return version ?? imageTag;
}

/** A version as a line can hold it: of a digest the beginning, which tells it from others. */
export function shortVersion(version: string): string {
  return version.replace(/^(\w+:[0-9a-f]{12})[0-9a-f]{20,}$/, '$1…');
}

/** When a deployment began and ended; one that has not begun is queued since its run was asked for. */
export function timesOf({ phase, startedAt, endedAt, runCreatedAt }: Deployment): Timed {
  return { phase, startedAt: startedAt ?? (phase === 'queued' ? runCreatedAt : undefined), endedAt };
}

/** The same of the whole run, as far as a row of the history knows it. */
export function timesOfRun({ runCreatedAt, runStartedAt, runEndedAt }: Deployment): Timed {
  return {
    phase: runStartedAt === undefined ? 'queued' : 'active',
    startedAt: runStartedAt ?? runCreatedAt,
    endedAt: runEndedAt,
  };
}
