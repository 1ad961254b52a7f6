import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Alert, Flex, Link, Skeleton, Text, VisuallyHidden } from '@backstage/ui';
import { RiExternalLinkLine } from '@remixicon/react';
import type { ExecutionProgress as Progress, ExecutionStage, ExecutionStep } from 'backstage-plugin-harness-cd-common';
import { useExecution } from '../hooks/useHarnessCd';
import { currentStage, isTerminal } from '../status';
import { harnessCdTranslationRef } from '../translation';
import { StatusLabel, useStatusWord } from './StatusLabel';
import { FailureAlert } from './states';
import { Duration, RelativeTime } from './Time';
import styles from './styles.module.css';

/** Tells a screen reader where a run is: the words change with the stage, not with the seconds. */
function StageAnnouncement({ progress }: { progress: Progress }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const wordOf = useStatusWord();
  const stage = isTerminal(progress.phase) ? undefined : currentStage(progress);
  return (
    <VisuallyHidden role="status" aria-live="polite">
      {stage
        ? t('progress.announcement', { stage: stage.name, status: wordOf(stage.status) })
        : wordOf(progress.status)}
    </VisuallyHidden>
  );
}

/** The stage and step a run is at, in one line that renews itself. */
export function CurrentStage({ executionId }: { executionId: string }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const { data: progress } = useExecution(executionId);
  const stage = progress && currentStage(progress);
  const step = stage?.steps.find(candidate => !isTerminal(candidate.phase) && candidate.phase !== 'queued');
  return (
    <Text as="span" variant="body-small" className={styles.secondary}>
      {progress && <StageAnnouncement progress={progress} />}
      {stage && (step ? t('progress.current', { stage: stage.name, step: step.name }) : stage.name)}
    </Text>
  );
}

function Line({ part }: { part: ExecutionStage | ExecutionStep }) {
  return (
    <div className={styles.stageLine}>
      <Text as="span" variant="body-medium" weight={'steps' in part ? 'bold' : 'regular'}>
        {part.name}
      </Text>
      <StatusLabel status={part.status} phase={part.phase} />
      {part.startedAt !== undefined && <Duration startedAt={part.startedAt} endedAt={part.endedAt} />}
      {part.failure && (
        <Text as="span" variant="body-small" color="danger" className={styles.failure}>
          {part.failure}
        </Text>
      )}
    </div>
  );
}

function Stages({ stages }: { stages: ExecutionStage[] }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  return (
    <ol className={styles.plainList} aria-label={t('progress.stages')}>
      {stages.map(stage => (
        <li className={styles.stage} key={stage.identifier}>
          <Line part={stage} />
          {stage.steps.length > 0 && (
            <ol className={`${styles.plainList} ${styles.steps}`}>
              {stage.steps.map((step, index) => (
                // Steps of different step groups may share an identifier.
                <li key={`${index}/${step.identifier}`}>
                  <Line part={step} />
                </li>
              ))}
            </ol>
          )}
        </li>
      ))}
    </ol>
  );
}

/** A run with its stages and steps, followed live until it ends. */
export function ExecutionProgress({ executionId }: { executionId: string }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const { data: progress, error, refetch } = useExecution(executionId);
  if (!progress) {
    return error ? (
      <FailureAlert title={t('state.executionFailure')} failure={error} onRetry={refetch} />
    ) : (
      <Skeleton height="8rem" />
    );
  }
  return (
    <Flex direction="column" gap="3">
      <StageAnnouncement progress={progress} />
      <div className={styles.stageLine}>
        <StatusLabel status={progress.status} phase={progress.phase} />
        <RelativeTime instant={progress.startedAt} />
        <Duration startedAt={progress.startedAt} endedAt={progress.endedAt} />
        {progress.url && (
          <Link href={progress.url} target="_blank" rel="noopener">
            {t('link.harness')} <RiExternalLinkLine aria-hidden size="1em" />
          </Link>
        )}
      </div>
      {progress.failure && <Alert icon status="danger" title={t('progress.failure')} description={progress.failure} />}
      {progress.stages.length > 0 ? (
        <Stages stages={progress.stages} />
      ) : (
        !isTerminal(progress.phase) && (
          <Text as="p" className={styles.secondary}>
            {t('progress.planning')}
          </Text>
        )
      )}
    </Flex>
  );
}
