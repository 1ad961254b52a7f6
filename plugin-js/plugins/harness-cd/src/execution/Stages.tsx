import type { ReactNode } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Text } from '@backstage/ui';
import type { ExecutionProgress, ExecutionStage, ExecutionStep } from 'backstage-plugin-harness-cd-common';
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

/** A stage that has not begun: that it will, or under which condition. */
function StageToCome({ stage: { name: stage, condition } }: { stage: ExecutionStage }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  return (
    <SecondaryText as="span" variant="body-small">
      <span className={styles.long}>
        {condition === undefined ? t('progress.toCome', { stage }) : t('progress.toComeIf', { stage, condition })}
      </span>
    </SecondaryText>
  );
}

/**
 * The stages of a run with their steps, in the order in which they run; behind them those that are still to come.
 * `childOf` shows the run that a stage of type Pipeline has started.
 */
export function Stages({ progress, childOf }: OfRun & { childOf: (stage: ExecutionStage) => ReactNode }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const { begun, toCome } = splitStages(progress);
  return (
    <ol className={shared.plainList} aria-label={t('progress.stages')}>
      {begun.map(stage => (
        <li className={styles.stage} key={stage.identifier}>
          <Line progress={progress} part={stage} />
          {stage.steps.length > 0 && <Steps progress={progress} steps={stage.steps} />}
          {childOf(stage)}
        </li>
      ))}
      {toCome.map(stage => (
        <li className={styles.stage} key={stage.identifier}>
          <StageToCome stage={stage} />
        </li>
      ))}
    </ol>
  );
}
