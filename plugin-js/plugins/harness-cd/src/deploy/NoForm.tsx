import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Alert, Skeleton } from '@backstage/ui';
import type { FailureBody } from 'backstage-plugin-harness-cd-common';
import { failureOf, statusCodeOf, type Failure } from '../shared/failure';
import { FailureAlert } from '../shared/states/FailureAlert';
import { FailureDetails } from '../shared/states/FailureDetails';
import { harnessCdTranslationRef } from '../translation';

/** Neither the config repo nor Harness knows what to deploy. */
function NothingToDeploy({ failure }: { failure: Failure }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  return (
    <Alert
      icon
      status="warning"
      title={t('deploy.noRules')}
      description={<FailureDetails failure={{ ...failure, hint: failure.hint ?? t('deploy.noRulesHint') }} />}
    />
  );
}

/** What stands in place of the form: that it loads, or why there is none. */
export function NoForm({
  error,
  failure,
  onRetry,
}: {
  error: Error | null;
  failure?: FailureBody;
  onRetry: () => void;
}) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const reason = error ?? failure;
  if (!reason) return <Skeleton height="14rem" />;
  if (statusCodeOf(reason) === 404 || failure?.code === 'PIPELINE_NOT_FOUND') {
    return <NothingToDeploy failure={failureOf(reason)} />;
  }
  return (
    <FailureAlert title={t(error ? 'state.rulesFailure' : 'state.inputsFailure')} failure={reason} onRetry={onRetry} />
  );
}
