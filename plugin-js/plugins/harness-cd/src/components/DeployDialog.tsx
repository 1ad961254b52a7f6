import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Alert, Button, DialogBody, DialogFooter, DialogHeader, Skeleton } from '@backstage/ui';
import type { DeployDraft } from '../hooks/useDeployForm';
import { useDeployRules } from '../hooks/useHarnessCd';
import { problemOf, statusCodeOf } from '../problem';
import { harnessCdTranslationRef } from '../translation';
import { DeployForm } from './DeployForm';
import { ExecutionProgress } from './ExecutionProgress';
import { ErrorAlert, ProblemDetails } from './states';

interface Draft {
  draft: DeployDraft;
  setDraft: (draft: DeployDraft) => void;
}

function FormWithRules({ draft, setDraft, onStarted }: Draft & { onStarted: (executionId: string) => void }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const { data: rules, error, refetch } = useDeployRules();
  if (rules) return <DeployForm rules={rules} draft={draft} setDraft={setDraft} onStarted={onStarted} />;
  return (
    <DialogBody>
      {!error && <Skeleton height="14rem" />}
      {error && statusCodeOf(error) === 404 && (
        <Alert
          icon
          status="warning"
          title={t('deploy.noRules')}
          description={<ProblemDetails problem={{ hint: t('deploy.noRulesHint'), ...problemOf(error) }} />}
        />
      )}
      {error && statusCodeOf(error) !== 404 && (
        <ErrorAlert title={t('state.rulesError')} error={error} onRetry={refetch} />
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
  return (
    <>
      <DialogHeader>
        {props.executionId
          ? t('deploy.startedTitle', { service, tag: draft.imageTag.trim(), place })
          : t('deploy.title', { service })}
      </DialogHeader>
      {props.executionId ? (
        <Started executionId={props.executionId} onAnother={props.onAnother} />
      ) : (
        <FormWithRules draft={draft} setDraft={props.setDraft} onStarted={props.onStarted} />
      )}
    </>
  );
}
