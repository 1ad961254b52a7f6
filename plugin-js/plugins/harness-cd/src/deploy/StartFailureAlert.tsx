import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Alert } from '@backstage/ui';
import { failureOf } from '../shared/failure';
import { FailureDetails } from '../shared/states/FailureDetails';
import { harnessCdTranslationRef } from '../translation';

/** Says that nothing was started, or that it is not known whether something was. */
export function StartFailureAlert({ error }: { error: Error }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const failure = failureOf(error);
  const isUnknown = failure.code === 'OUTCOME_UNKNOWN';
  return (
    <Alert
      icon
      role="alert"
      status={isUnknown ? 'warning' : 'danger'}
      title={isUnknown ? t('deploy.outcomeUnknown') : t('deploy.startFailed')}
      description={
        <FailureDetails failure={isUnknown ? { hint: t('deploy.outcomeUnknownHint'), ...failure } : failure} />
      }
    />
  );
}
