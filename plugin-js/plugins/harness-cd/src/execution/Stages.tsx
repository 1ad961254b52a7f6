import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Text } from '@backstage/ui';
import {
  type ExecutionProgress,
  type ExecutionStage,
  type ExecutionStep,
  isTerminal,
} from 'backstage-plugin-harness-cd-common';
import { SecondaryText } from '../shared/SecondaryText';
import shared from '../shared/shared.module.css';
import { StatusLabel } from '../shared/status/StatusLabel';
import { RunTime } from '../shared/time/RunTime';
import { harnessCdTranslationRef } from '../translation';
import { ownReason, splitStages } from './reasons';
import styles from './execution.module.css';

interface OfRun {
  progress: ExecutionProgress;
}

function Line({ progress, part }: OfRun & { part: ExecutionStage | ExecutionStep }) {
  const reason = ownReason(progress, part);
  return (
    <div className={styles.line}>
      <Text as="span" variant="body-medium" weight={'steps' in part ? 'bold' : 'regular'}>
        {part.name}
      </Text>
      <StatusLabel status={part.status} phase={part.phase} />
      <RunTime {...part} />
      {reason && (
        <Text as="span" variant="body-small" className={shared.failure}>
          {reason}
        </Text>
      )}
    </div>
  );
}

function Steps({ progress, steps }: OfRun & { steps: ExecutionStep[] }) {
  return (
    <ol className={`${shared.plainList} ${styles.steps}`}>
      {steps.map((step, index) => (
        // Steps of different step groups may share an identifier.
        <li key={`${index}/${step.identifier}`}>
          <Line progress={progress} part={step} />
        </li>
      ))}
    </ol>
  );
}

/** The stages of a run with their steps, in the order in which they run; those that have not begun are only named. */
export function Stages({ progress }: OfRun) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const { begun, others } = splitStages(progress);
  return (
    <>
      {begun.length > 0 && (
        <ol className={shared.plainList} aria-label={t('progress.stages')}>
          {begun.map(stage => (
            <li className={styles.stage} key={stage.identifier}>
              <Line progress={progress} part={stage} />
              {stage.steps.length > 0 && <Steps progress={progress} steps={stage.steps} />}
            </li>
          ))}
        </ol>
      )}
      {others.length > 0 && (
        <SecondaryText as="p" variant="body-small">
          {t(isTerminal(progress.phase) ? 'progress.notPart' : 'progress.notBegun', { stages: others.join(', ') })}
        </SecondaryText>
      )}
    </>
  );
}
