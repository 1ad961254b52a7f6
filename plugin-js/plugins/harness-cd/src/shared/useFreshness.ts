import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { Freshness } from 'backstage-plugin-harness-cd-common';
import { harnessCdTranslationRef } from '../translation';
import { useFailureTitle } from './states/useFailureTitle';
import { formatMoment } from './time/format';
import { useLocale } from './useLocale';

/** An answer from the record, and when the page got it, epoch ms. */
export type Dated = Freshness & { readAt: number };

/** Of when an answer is, why and since when it cannot be renewed, and how far back it goes, in words. */
export function useFreshness({ asOf, failure, knownFrom, readAt }: Dated): string {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const titleOf = useFailureTitle();
  const locale = useLocale();
  const momentOf = (instant: number) => formatMoment(instant, Date.now(), locale);
  const time = momentOf(asOf ?? readAt);
  const words: string[] = [];
  if (failure) {
    const about = { why: titleOf(failure) ?? failure.message, since: momentOf(failure.since) };
    words.push(asOf === undefined ? t('freshness.nothing', about) : t('freshness.outage', { time, ...about }));
  } else {
    words.push(asOf === undefined ? t('freshness.now', { time }) : t('freshness.beingRead', { time }));
  }
  if (knownFrom !== undefined) words.push(t('freshness.knownFrom', { begin: momentOf(knownFrom) }));
  return words.join(' ');
}
