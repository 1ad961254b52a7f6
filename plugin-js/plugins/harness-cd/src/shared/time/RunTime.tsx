import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { isTerminal, type StatusPhase } from 'backstage-plugin-harness-cd-common';
import { harnessCdTranslationRef } from '../../translation';
import { SecondaryText } from '../SecondaryText';
import { useLocale } from '../useLocale';
import { formatDuration } from './format';
import { useNow } from './useNow';

const RENEWAL_MS = 1_000;

/** What has begun, and perhaps ended. Times are epoch ms. */
export interface Timed {
  phase: StatusPhase;
  startedAt?: number;
  endedAt?: number;
}

function SoFar({ phase, since }: { phase: StatusPhase; since: number }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const duration = formatDuration(useNow(RENEWAL_MS) - since, useLocale());
  return <>{t(phase === 'queued' ? 'time.queuedFor' : 'time.runningFor', { duration })}</>;
}

interface Props extends Timed {
  /** What is said of the duration of what has ended. */
  ended: (duration: string) => string;
}

function Time({ phase, startedAt, endedAt, ended }: Props) {
  const locale = useLocale();
  if (startedAt === undefined) return null;
  if (endedAt === undefined) return isTerminal(phase) ? null : <SoFar phase={phase} since={startedAt} />;
  return <>{ended(formatDuration(endedAt - startedAt, locale))}</>;
}

/** How long something took, or for how long it has been running or queued; nothing is said of what never began. */
export function RunTime({ phase, startedAt, endedAt }: Timed) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  return (
    <SecondaryText as="span">
      <Time phase={phase} startedAt={startedAt} endedAt={endedAt} ended={duration => t('time.took', { duration })} />
    </SecondaryText>
  );
}

/** {@link RunTime} under a heading that says that it is a duration. */
export function RunTimeInColumn({ phase, startedAt, endedAt }: Timed) {
  return (
    <SecondaryText as="span">
      <Time phase={phase} startedAt={startedAt} endedAt={endedAt} ended={duration => duration} />
    </SecondaryText>
  );
}
