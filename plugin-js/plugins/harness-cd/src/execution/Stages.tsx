import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Text } from '@backstage/ui';
import type { ExecutionStage, ExecutionStep } from 'backstage-plugin-harness-cd-common';
import shared from '../shared/shared.module.css';
import { StatusLabel } from '../shared/status/StatusLabel';
import { Duration } from '../shared/time/Duration';
import { harnessCdTranslationRef } from '../translation';
import styles from './execution.module.css';

function Line({ part }: { part: ExecutionStage | ExecutionStep }) {
  return (
    <div className={styles.line}>
      <Text as="span" variant="body-medium" weight={'steps' in part ? 'bold' : 'regular'}>
        {part.name}
      </Text>
      <StatusLabel status={part.status} phase={part.phase} />
      {part.startedAt !== undefined && <Duration startedAt={part.startedAt} endedAt={part.endedAt} />}
      {part.failure && (
        <Text as="span" variant="body-small" color="danger" className={shared.failure}>
          {part.failure}
        </Text>
      )}
    </div>
  );
}

function Steps({ steps }: { steps: ExecutionStep[] }) {
  return (
    <ol className={`${shared.plainList} ${styles.steps}`}>
      {steps.map((step, index) => (
        // Steps of different step groups may share an identifier.
        <li key={`${index}/${step.identifier}`}>
          <Line part={step} />
        </li>
      ))}
    </ol>
  );
}

/** The stages of a run with their steps, in the order in which they run. */
export function Stages({ stages }: { stages: ExecutionStage[] }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  return (
    <ol className={shared.plainList} aria-label={t('progress.stages')}>
      {stages.map(stage => (
        <li className={styles.stage} key={stage.identifier}>
          <Line part={stage} />
          {stage.steps.length > 0 && <Steps steps={stage.steps} />}
        </li>
      ))}
    </ol>
  );
}
