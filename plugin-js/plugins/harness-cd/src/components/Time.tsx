import { Text } from '@backstage/ui';
import { formatDuration, formatInstant, formatRelative } from '../format/time';
import { useLocale } from '../hooks/useLocale';
import { useNow } from '../hooks/useNow';
import styles from './styles.module.css';

const RELATIVE_RENEWAL_MS = 10_000;
const RUNNING_RENEWAL_MS = 1_000;

/** How long ago an instant (epoch ms) was; on hover the instant itself, in the reader's zone and in UTC. */
export function RelativeTime({ instant }: { instant: number | undefined }) {
  const locale = useLocale();
  const now = useNow(RELATIVE_RENEWAL_MS);
  if (instant === undefined) return <Text as="span">–</Text>;
  const title = `${formatInstant(instant, locale)} · ${formatInstant(instant, locale, 'UTC')}`;
  return (
    <Text as="span" variant="body-medium" className={styles.secondary}>
      <time dateTime={new Date(instant).toISOString()} title={title}>
        {formatRelative(Math.min(instant, now), now, locale)}
      </time>
    </Text>
  );
}

function RunningDuration({ startedAt }: { startedAt: number }) {
  const now = useNow(RUNNING_RENEWAL_MS);
  return <>{formatDuration(now - startedAt, useLocale())}</>;
}

/** How long something took, or has been taking so far. Times are epoch ms. */
export function Duration({ startedAt, endedAt }: { startedAt: number | undefined; endedAt: number | undefined }) {
  const locale = useLocale();
  return (
    <Text as="span" variant="body-medium" className={styles.secondary}>
      {startedAt === undefined && '–'}
      {startedAt !== undefined && endedAt === undefined && <RunningDuration startedAt={startedAt} />}
      {startedAt !== undefined && endedAt !== undefined && formatDuration(endedAt - startedAt, locale)}
    </Text>
  );
}
