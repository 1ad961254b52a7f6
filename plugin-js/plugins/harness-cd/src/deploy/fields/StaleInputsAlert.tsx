import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Alert } from '@backstage/ui';
import type { FailureBody } from 'backstage-plugin-harness-cd-common';
import { FailureDetails } from '../../shared/states/FailureDetails';
import { useFailureTitle } from '../../shared/states/useFailureTitle';
import { formatInstant } from '../../shared/time/format';
import { useLocale } from '../../shared/useLocale';
import { harnessCdTranslationRef } from '../../translation';

/** Says that the inputs are the last known ones, since when, and why. */
export function StaleInputsAlert({ failure, asOf }: { failure: FailureBody; asOf: number | undefined }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const locale = useLocale();
  const titleOf = useFailureTitle();
  return (
    <Alert
      icon
      role="status"
      status="warning"
      title={titleOf(failure)}
      description={
        <>
          <div>{t('state.inputsStale', { time: formatInstant(asOf ?? failure.since, locale) })}</div>
          <FailureDetails failure={failure} />
        </>
      }
    />
  );
}
