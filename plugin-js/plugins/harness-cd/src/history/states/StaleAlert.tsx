import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Alert } from '@backstage/ui';
import type { FailureBody } from 'backstage-plugin-harness-cd-common';
import { FailureDetails } from '../../shared/states/FailureDetails';
import { useRefusal } from '../../shared/states/useRefusal';
import { formatInstant } from '../../shared/time/format';
import { useLocale } from '../../shared/useLocale';
import { harnessCdTranslationRef } from '../../translation';

/** The sentence about time, with rows to show and without. */
const UNREACHABLE = { rows: 'state.staleTimes', noRows: 'state.since' } as const;
const REFUSED = { rows: 'state.refusedTimes', noRows: 'state.refusedSince' } as const;

/** Says that the rows are the last known ones, since when, why, and what to do. A refusal has a sentence of its own. */
export function StaleAlert({ failure, asOf }: { failure: FailureBody; asOf: number | undefined }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const locale = useLocale();
  const refusal = useRefusal(failure);
  const sentence = refusal === undefined ? UNREACHABLE : REFUSED;
  const since = formatInstant(failure.since, locale);
  return (
    <Alert
      icon
      role="status"
      status="warning"
      title={refusal ?? t('state.stale')}
      description={
        <>
          <div>
            {asOf === undefined
              ? t(sentence.noRows, { since })
              : t(sentence.rows, { asOf: formatInstant(asOf, locale), since })}
          </div>
          <FailureDetails failure={failure} />
        </>
      }
    />
  );
}
