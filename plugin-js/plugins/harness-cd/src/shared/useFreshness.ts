import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { Freshness } from 'backstage-plugin-harness-cd-common';
import { harnessCdTranslationRef } from '../translation';
import { formatInstant } from './time/format';
import { useLocale } from './useLocale';

/** Of when an answer is, and since when it cannot be renewed, in words; undefined where it is of now. */
export function useFreshness({ asOf, failure }: Freshness): string | undefined {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const locale = useLocale();
  if (failure) {
    const since = formatInstant(failure.since, locale);
    return asOf === undefined
      ? t('state.since', { since })
      : t('state.lastKnownTimes', { asOf: formatInstant(asOf, locale), since });
  }
  return asOf === undefined ? undefined : t('state.beingRead', { asOf: formatInstant(asOf, locale) });
}
