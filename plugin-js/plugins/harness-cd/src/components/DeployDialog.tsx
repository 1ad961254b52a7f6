import { useMemo } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Alert, Button, DialogBody, DialogFooter, DialogHeader, Skeleton } from '@backstage/ui';
import type { DeployDraft } from '../hooks/useDeployForm';
import { useDeployRules, usePipelineInputs } from '../hooks/useHarnessCd';
import { problemOf, statusCodeOf } from '../problem';
import { harnessCdTranslationRef } from '../translation';
import { DeployForm } from './DeployForm';
import { ExecutionProgress } from './ExecutionProgress';
import { ErrorAlert, ProblemDetails } from './states';

interface Draft {
  draft: DeployDraft;
  setDraft: (draft: DeployDraft) => void;
}

/** Neither the config repo nor Harness knows what to deploy. */
function NothingToDeploy({ error }: { error: Error }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  return (
    <Alert
      icon
      status="warning"
      title={t('deploy.noRules')}
      description={<ProblemDetails problem={{ hint: t('deploy.noRulesHint'), ...problemOf(error) }} />}
    />
  );
}

/** The form, once it is known what it asks for: the rules of the service, or else what the live pipeline asks for. */
function FormForTarget({ draft, setDraft, onStarted }: Draft & { onStarted: (executionId: string) => void }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const rules = useDeployRules();
  const pipeline = usePipelineInputs();
  const isOwn = rules.data !== undefined;
  const isForeign = statusCodeOf(rules.error) === 404;
  const inputs = pipeline.data?.inputs;
  const target = useMemo(() => ({ rules: rules.data, inputs }), [rules.data, inputs]);
  if (isOwn || (isForeign && inputs)) {
    return <DeployForm target={target} pipeline={pipeline} draft={draft} setDraft={setDraft} onStarted={onStarted} />;
  }
  const failed = isForeign ? pipeline : rules;
  return (
    <DialogBody>
      {!failed.error && <Skeleton height="14rem" />}
      {failed.error && isForeign && statusCodeOf(failed.error) === 404 && <NothingToDeploy error={failed.error} />}
      {failed.error && statusCodeOf(failed.error) !== 404 && (
        <ErrorAlert
          title={t(isForeign ? 'state.inputsError' : 'state.rulesError')}
          error={failed.error}
          onRetry={failed.refetch}
        />
      )}
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
      <DialogHeader>
        {props.executionId
          ? startedTitle
          : t('deploy.title', { service })}
      </DialogHeader>
      {props.executionId ? (
        <Started executionId={props.executionId} onAnother={props.onAnother} />
      ) : (
        <FormForTarget draft={draft} setDraft={props.setDraft} onStarted={props.onStarted} />
      )}
    </>
  );
}
