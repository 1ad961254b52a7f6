import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Button, DialogBody, DialogFooter, DialogHeader } from '@backstage/ui';
import { ExecutionDetails } from '../execution/ExecutionDetails';
import { placeName } from '../shared/place';
import { harnessCdTranslationRef } from '../translation';
import { DeployForm } from './DeployForm';
import type { DeployDraft } from './draft';
import { NoForm } from './NoForm';
import { useDeployTarget } from './useDeployTarget';

interface Draft {
  draft: DeployDraft;
  setDraft: (draft: DeployDraft) => void;
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
        <ExecutionDetails executionId={executionId} />
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

function useStartedTitle(service: string, draft: DeployDraft): string {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const tag = draft.imageTag.trim();
  // Nothing but a pipeline of the config repo has a tag and a place.
  if (!tag) return t('deploy.startedRun', { service });
  return t('deploy.startedTitle', { service, tag, place: placeName(draft) });
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
  const startedTitle = useStartedTitle(service, draft);
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
