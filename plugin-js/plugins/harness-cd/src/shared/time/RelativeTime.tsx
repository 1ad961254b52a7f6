import { Text } from '@backstage/ui';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { harnessCdTranslationRef } from '../../translation';
import { SecondaryText } from '../SecondaryText';
import { useLocale } from '../useLocale';
import { formatInstant, formatRelative } from './format';
import { useNow } from './useNow';

const RENEWAL_MS = 10_000;

/** How long ago an instant (epoch ms) was; on hover the instant itself, in the reader's zone and in UTC. */
export function RelativeTime({ instant }: { instant: number | undefined }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const locale = useLocale();
  const now = useNow(RENEWAL_MS);
  if (instant === undefined) return <Text as="span">{t('unknown')}</Text>;
  const title = `${formatInstant(instant, locale)} · ${formatInstant(instant, locale, 'UTC')}`;
  return (
    <SecondaryText as="span">
      <time dateTime={new Date(instant).toISOString()} title={title}>
        {formatRelative(Math.min(instant, now), now, locale)}
      </time>
    </SecondaryText>
  );
}
