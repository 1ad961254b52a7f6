import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Alert } from '@backstage/ui';
import type { Failure } from '../shared/failure';
import { FailureDetails } from '../shared/states/FailureDetails';
import { useFailureTitle } from '../shared/states/useFailureTitle';
import { harnessCdTranslationRef } from '../translation';

/** Says that nothing was started, and why. */
export function StartFailureAlert({ failure }: { failure: Failure }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const kind = useFailureTitle()(failure);
  return (
    <Alert
      icon
      role="alert"
      status="danger"
      title={t('deploy.startFailed')}
      description={
        <>
          {kind !== undefined && <div>{kind}.</div>}
          <FailureDetails failure={failure} />
        </>
      }
    />
  );
}
