import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Alert, Button } from '@backstage/ui';
import { harnessCdDeploymentReadPermission } from 'backstage-plugin-harness-cd-common';
import { harnessCdTranslationRef } from '../../translation';
import { failureOf, statusCodeOf } from '../failure';
import { FailureDetails } from './FailureDetails';
import { useRefusal } from './useRefusal';

function ForbiddenAlert() {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  return (
    <Alert
      icon
      status="warning"
      title={t('state.forbidden')}
      description={t('state.missingPermission', { permission: harnessCdDeploymentReadPermission.name })}
    />
  );
}

/** What failed, why, and what to do. A person's missing right is told apart from a failure. */
export function FailureAlert(props: {
  title: string;
  /** What a call threw, or the failure that an answer carries. */
  failure: unknown;
  onRetry: () => void;
}) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const failure = failureOf(props.failure);
  const refusal = useRefusal(failure);
  if (statusCodeOf(props.failure) === 403 && !refusal) return <ForbiddenAlert />;
  return (
    <Alert
      icon
      role="alert"
      status="danger"
      title={props.title}
      description={
        <>
          {refusal && <div>{refusal}</div>}
          <FailureDetails failure={failure} />
        </>
      }
      customActions={
        <Button size="small" variant="secondary" onPress={props.onRetry}>
          {t('state.retry')}
        </Button>
      }
    />
  );
}
