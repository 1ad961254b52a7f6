import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { SecondaryText } from '../shared/SecondaryText';
import { useStatusWord } from '../shared/status/useStatusWord';
import { harnessCdTranslationRef } from '../translation';
import { useAnnouncement } from './announce';
import { currentOf } from './current';
import { useExecution } from './useExecution';

/** The stage and step a run is at, in one line that renews itself and tells a screen reader of a new stage. */
export function CurrentStage(props: {
  executionId: string;
  /** What the run deploys, and where. */
  words: { tag: string; place: string };
}) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const wordOf = useStatusWord();
  const { data: progress } = useExecution(props.executionId);
  const stage = progress && currentOf(progress.stages);
  const step = stage && currentOf(stage.steps);
  useAnnouncement(
    stage && t('progress.announcement', { ...props.words, stage: stage.name, status: wordOf(stage.status) }),
  );
  return (
    <SecondaryText as="span" variant="body-small">
      {stage && (step ? t('progress.current', { stage: stage.name, step: step.name }) : stage.name)}
    </SecondaryText>
  );
}
