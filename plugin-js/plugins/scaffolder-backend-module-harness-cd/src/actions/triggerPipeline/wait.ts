import { setTimeout as wait } from 'node:timers/promises';
import type { LoggerService } from '@backstage/backend-plugin-api';
import { ConfigReader, readDurationFromConfig } from '@backstage/config';
import { durationToMilliseconds } from '@backstage/types';
import {
  type ExecutionProgress,
  type FailureCode,
  type HarnessScope,
  isTerminal,
  NOT_VISIBLE_YET_FAILURES,
  NOT_VISIBLE_YET_MS,
  PASSING_FAILURES,
} from 'backstage-plugin-harness-cd-common';
import { isHarnessFailure, type HarnessCdService } from 'backstage-plugin-harness-cd-node';
import { mistake } from './messages';

const DEFAULT_TIMEOUT = { hours: 1 };

/** How long to wait, ms. Throws for what is no duration. */
export function readTimeout(timeout: string | Record<string, number> | undefined): number {
  const config = new ConfigReader({ timeout: timeout ?? DEFAULT_TIMEOUT });
  return durationToMilliseconds(readDurationFromConfig(config, { key: 'timeout' }));
}

/**
 * Looks at an execution until it ends, and logs every stage as its status changes.
 *
 * Looking is harmless to repeat: a failure that may pass, such as an outage in mid-deployment, does not fail the task.
 * The time is up after a look, never before one: however short the timeout, the execution is looked at once.
 */
export async function waitForEnd(
  executionId: string,
  options: {
    harnessCd: HarnessCdService;
    logger: LoggerService;
    /** The execution's project. */
    scope: HarnessScope;
    /** Between two looks, ms. */
    pollIntervalMs: number;
    timeoutMs: number;
    signal?: AbortSignal;
  },
): Promise<ExecutionProgress> {
  const { logger, pollIntervalMs, timeoutMs, signal } = options;
  const begin = Date.now();
  const reportStages = stageReporter(logger);
  for (;;) {
    const progress = await lookAt(executionId, { ...options, passing: passingFailures(Date.now() - begin) });
    if (progress) reportStages(progress);
    if (progress && isTerminal(progress.phase)) return progress;
    if (Date.now() - begin >= timeoutMs) {
      throw mistake(`Execution ${executionId} did not end in time; it goes on in Harness.`);
    }
    await wait(pollIntervalMs, undefined, { signal });
  }
}

/**
 * The failures after which it is worth looking again, so long after the start. Harness accepts a run before its reads
 * know of it: at first an answer that there is no such execution means no more than that.
 */
function passingFailures(elapsedMs: number): readonly FailureCode[] {
  return elapsedMs < NOT_VISIBLE_YET_MS ? [...PASSING_FAILURES, ...NOT_VISIBLE_YET_FAILURES] : PASSING_FAILURES;
}

/** How far an execution is; undefined after a failure that may pass. */
async function lookAt(
  executionId: string,
  options: {
    harnessCd: HarnessCdService;
    logger: LoggerService;
    scope: HarnessScope;
    passing: readonly FailureCode[];
  },
): Promise<ExecutionProgress | undefined> {
  const { harnessCd, logger, scope, passing } = options;
  try {
    return await harnessCd.getExecution(scope, executionId);
  } catch (error) {
    if (!isHarnessFailure(error) || !passing.includes(error.code)) throw error;
    logger.warn(`Harness does not answer (${error.code}); looking again`);
    return undefined;
  }
}

/** Logs each stage that has begun, once for each status. */
function stageReporter(logger: LoggerService): (progress: ExecutionProgress) => void {
  const reported = new Map<string, string>();
  return ({ stages }) => {
    for (const { identifier, name, status, phase } of stages) {
      if (phase === 'queued' || reported.get(identifier) === status) continue;
      reported.set(identifier, status);
      logger.info(`${name}: ${status}`);
    }
  };
}
