import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { VisuallyHidden } from '@backstage/ui';
import { isTerminal, type ExecutionProgress } from 'backstage-plugin-harness-cd-common';
import { useStatusWord } from '../shared/status/useStatusWord';
import { harnessCdTranslationRef } from '../translation';
import { currentOf } from './current';

/** Tells a screen reader where the run of a dialog is: the words change with the stage, not with the seconds. */
export function StageAnnouncement({ progress }: { progress: ExecutionProgress }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const wordOf = useStatusWord();
  const stage = isTerminal(progress.phase) ? undefined : currentOf(progress.stages);
  return (
    <VisuallyHidden role="status" aria-live="polite">
      {stage ? t('progress.stage', { stage: stage.name, status: wordOf(stage.status) }) : wordOf(progress.status)}
    </VisuallyHidden>
  );
}
