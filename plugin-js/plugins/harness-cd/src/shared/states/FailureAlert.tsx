import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Alert } from '@backstage/ui';
import { harnessCdDeploymentReadPermission } from 'backstage-plugin-harness-cd-common';
import { harnessCdTranslationRef } from '../../translation';
import { failureOf, needsAnotherPipeline, statusCodeOf, type Failure } from '../failure';
import { FailureDetails } from './FailureDetails';
import { RetryButton } from './RetryButton';
import { useFailureTitle } from './useFailureTitle';

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

/** The entity names no pipeline that it may use: no outage, and nothing that trying again would mend. */
function PipelineAlert({ failure }: { failure: Failure }) {
  const titleOf = useFailureTitle();
  return <Alert icon status="warning" title={titleOf(failure)} description={<FailureDetails failure={failure} />} />;
}

/** What failed, why, and what to do. A person's missing right is told apart from a failure, and so is a wrong pipeline. */
export function FailureAlert(props: {
  /** What could not be done. */
  title: string;
  /** What a call threw, or the failure that an answer carries. */
  failure: unknown;
  onRetry: () => void;
}) {
  const titleOf = useFailureTitle();
  const failure = failureOf(props.failure);
  const kind = titleOf(failure);
  if (needsAnotherPipeline(failure)) return <PipelineAlert failure={failure} />;
  if (statusCodeOf(props.failure) === 403 && kind === undefined) return <ForbiddenAlert />;
  return (
    <Alert
      icon
      role="alert"
      status="danger"
      title={kind ?? props.title}
      description={
        <>
          {kind !== undefined && <div>{props.title}.</div>}
          <FailureDetails failure={failure} />
        </>
      }
      customActions={<RetryButton onRetry={props.onRetry} />}
    />
  );
}
