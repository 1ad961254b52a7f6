import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { SecondaryText } from '../shared/SecondaryText';
import { harnessCdTranslationRef } from '../translation';
import { currentOf } from './current';
import { StageAnnouncement } from './StageAnnouncement';
import { useExecution } from './useExecution';

/** The stage and step a run is at, in one line that renews itself. */
export function CurrentStage({ executionId }: { executionId: string }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const { data: progress } = useExecution(executionId);
  const stage = progress && currentOf(progress.stages);
  const step = stage && currentOf(stage.steps);
  return (
    <SecondaryText as="span" variant="body-small">
      {progress && <StageAnnouncement progress={progress} />}
      {stage && (step ? t('progress.current', { stage: stage.name, step: step.name }) : stage.name)}
    </SecondaryText>
  );
}
