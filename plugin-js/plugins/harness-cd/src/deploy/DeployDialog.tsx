import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Alert, Button, DialogBody, DialogFooter, DialogHeader, Skeleton } from '@backstage/ui';
import type { FailureBody } from 'backstage-plugin-harness-cd-common';
import type { DeployDraft } from '../hooks/useDeployForm';
import { useDeployTarget } from '../hooks/useHarnessCd';
import { failureOf, statusCodeOf, type Failure } from '../failure';
import { harnessCdTranslationRef } from '../translation';
import { DeployForm } from './DeployForm';
import { ExecutionProgress } from './ExecutionProgress';
import { FailureAlert, FailureDetails } from './states';

interface Draft {
  draft: DeployDraft;
  setDraft: (draft: DeployDraft) => void;
}

/** Neither the config repo nor Harness knows what to deploy. */
function NothingToDeploy({ failure }: { failure: Failure }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  return (
    <Alert
      icon
      status="warning"
      title={t('deploy.noRules')}
      description={<FailureDetails failure={{ hint: t('deploy.noRulesHint'), ...failure }} />}
    />
  );
}

/** What stands in place of the form: that it loads, or why there is none. */
function NoForm({ error, failure, onRetry }: { error: Error | null; failure?: FailureBody; onRetry: () => void }) {
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

/** The form, once it is known what it asks for: the rules of the service, or else what the live pipeline asks for. */
function FormForTarget({ draft, setDraft, onStarted }: Draft & { onStarted: (executionId: string) => void }) {
  const { data: answer, error, refetch } = useDeployTarget();
  if (answer?.rules || answer?.inputs) {
    return <DeployForm answer={answer} onRetry={refetch} draft={draft} setDraft={setDraft} onStarted={onStarted} />;
  }
  return (
    <DialogBody>
      <NoForm error={error} failure={answer?.failure} onRetry={refetch} />
    </DialogBody>
  );
}

function Started({ executionId, onAnother }: { executionId: string; onAnother: () => void }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  return (
    <>
      <DialogBody>
        <ExecutionProgress executionId={executionId} />
      </DialogBody>
      <DialogFooter>
        <Button variant="secondary" onPress={onAnother}>
          {t('deploy.another')}
        </Button>
        {/* The button that had the focus went away with the form. */}
        {/* eslint-disable-next-line jsx-a11y/no-autofocus */}
        <Button variant="primary" slot="close" autoFocus>
          {t('deploy.close')}
        </Button>
      </DialogFooter>
    </>
  );
}

/** One pane: first the form, then, once a run is started, its live progress. */
export function DeployDialog(
  props: Draft & {
    service: string;
    executionId: string | undefined;
    onStarted: (executionId: string) => void;
    onAnother: () => void;
  },
) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const { service, draft } = props;
  const place = t('place', { environment: draft.environment, region: draft.region });
  const tag = draft.imageTag.trim();
  // Nothing but a pipeline of the config repo has a tag and a place.
  const startedTitle = tag ? t('deploy.startedTitle', { service, tag, place }) : t('deploy.startedRun', { service });
  return (
    <>
      <DialogHeader>{props.executionId ? startedTitle : t('deploy.title', { service })}</DialogHeader>
      {props.executionId ? (
        <Started executionId={props.executionId} onAnother={props.onAnother} />
      ) : (
        <FormForTarget draft={draft} setDraft={props.setDraft} onStarted={props.onStarted} />
      )}
    </>
  );
}
