import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { harnessCdTranslationRef } from '../../translation';
import { SecondaryText } from '../SecondaryText';
import { useLocale } from '../useLocale';
import { formatDuration } from './format';
import { useNow } from './useNow';

const RENEWAL_MS = 1_000;

function RunningDuration({ startedAt }: { startedAt: number }) {
  const now = useNow(RENEWAL_MS);
  return <>{formatDuration(now - startedAt, useLocale())}</>;
}

/** How long something took, or has been taking so far. Times are epoch ms. */
export function Duration({ startedAt, endedAt }: { startedAt: number | undefined; endedAt: number | undefined }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const locale = useLocale();
  return (
    <SecondaryText as="span">
      {startedAt === undefined && t('unknown')}
      {startedAt !== undefined && endedAt === undefined && <RunningDuration startedAt={startedAt} />}
      {startedAt !== undefined && endedAt !== undefined && formatDuration(endedAt - startedAt, locale)}
    </SecondaryText>
  );
}
