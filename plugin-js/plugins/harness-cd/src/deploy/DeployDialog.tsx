import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { DialogBody, DialogHeader } from '@backstage/ui';
import { needsAnotherPipeline } from '../shared/failure';
import { placeName } from '../shared/place';
import { harnessCdTranslationRef } from '../translation';
import { DeployForm } from './DeployForm';
import { NoForm } from './NoForm';
import type { Start } from '../shared/start';
import { StartPane } from './start/StartPane';
import { useDeployTarget } from './useDeployTarget';
import { useStartDeployment, type Send } from './useStartDeployment';

/** The form, once it is known what it asks for: the rules of the service, or else what the live pipeline asks for. */
function FormForTarget({ lastStart, send }: { lastStart: Start | null; send: Send }) {
  const { data: answer, error, refetch } = useDeployTarget();
  // What cannot be sent is not asked for.
  const isPossible = !answer?.failure || !needsAnotherPipeline(answer.failure);
  if (isPossible && (answer?.rules || answer?.inputs))
    return <DeployForm answer={answer} onRetry={refetch} lastStart={lastStart} send={send} />;
  return (
    <DialogBody>
      <NoForm error={error} failure={answer?.failure} onRetry={refetch} />
    </DialogBody>
  );
}

/** Whether the dialog shows a start, and not the form: one that failed for certain is shown in the form. */
function isShown(start: Start | null): start is Start {
  return start !== null && !start.isLaidAside && !['notStarted', 'rejected'].includes(start.state.kind);
}

function useTitle(service: string, start: Start | null): string {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  if (!isShown(start)) return t('deploy.title', { service });
  const { request, state } = start;
  // Nothing but a pipeline of the config repo has a tag and a place.
  if ('imageTag' in request) {
    return t('deploy.startedTitle', { service, tag: request.imageTag, place: placeName(request) });
  }
  return state.kind === 'started' ? t('deploy.startedRun', { service }) : t('deploy.title', { service });
}

/** One pane: first the form, then, once a start is asked for, how far it is and the live progress of its run. */
export function DeployDialog(props: {
  service: string;
  start: Start | null;
  /** Whether a start was sent from here just now. */
  isHeld: boolean;
  /** Something is being sent. */
  onSend: () => void;
  onAnother: () => void;
}) {
  const { service, start, isHeld, onSend, onAnother } = props;
  const title = useTitle(service, start);
  const { mutate } = useStartDeployment();
  const send: Send = variables => {
    onSend();
    mutate(variables);
  };
  return (
    <>
      <DialogHeader>{title}</DialogHeader>
      {isShown(start) ? (
        <StartPane start={start} isHeld={isHeld} send={send} onAnother={onAnother} />
      ) : (
        <FormForTarget lastStart={start} send={send} />
      )}
    </>
  );
}
