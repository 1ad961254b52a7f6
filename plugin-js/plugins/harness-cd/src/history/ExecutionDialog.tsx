import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Dialog, DialogBody, DialogHeader } from '@backstage/ui';
import type { Deployment } from 'backstage-plugin-harness-cd-common';
import { deploymentWords } from '../shared/deployment';
import { ExecutionDetails } from '../deploy/ExecutionDetails';
import shared from '../shared/shared.module.css';
import { harnessCdTranslationRef } from '../translation';

/** The details of a run, over the history. Closed where no run is named. */
export function ExecutionDialog(props: {
  executionId: string | null;
  /** The row of that run, where the page of the history holds it. */
  deployment: Deployment | undefined;
  onClose: () => void;
}) {
  const { executionId, deployment, onClose } = props;
  const { t } = useTranslationRef(harnessCdTranslationRef);
  return (
    <Dialog
      className={shared.surface}
      width={640}
      isOpen={executionId !== null}
      onOpenChange={isOpen => !isOpen && onClose()}
    >
      {executionId !== null && (
        <>
          <DialogHeader>
            {deployment
              ? t('progress.title', deploymentWords(deployment))
              : t('progress.titleOfRun', { id: executionId })}
          </DialogHeader>
          <DialogBody>
            <ExecutionDetails executionId={executionId} deployment={deployment} />
          </DialogBody>
        </>
      )}
    </Dialog>
  );
}
