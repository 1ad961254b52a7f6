import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { Violation } from 'backstage-plugin-harness-cd-common';
import { formatOpening, formatRelative } from '../shared/time/format';
import { useLocale } from '../shared/useLocale';
import { harnessCdTranslationRef } from '../translation';

/** The words for when a change window opens, seen from `now` (epoch ms); its reason where that is not known. */
export function useOpening(): (violation: Violation, now: number) => string {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const locale = useLocale();
  return ({ allowedFrom, message }, now) =>
    allowedFrom === undefined
      ? message
      : t('deploy.opens', {
          time: formatOpening(allowedFrom, now, locale),
          relative: formatRelative(allowedFrom, now, locale),
        });
}
