import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Alert, Flex, Skeleton } from '@backstage/ui';
import { isTerminal, type ExecutionProgress } from 'backstage-plugin-harness-cd-common';
import { HarnessLink } from '../shared/HarnessLink';
import { SecondaryText } from '../shared/SecondaryText';
import { FailureAlert } from '../shared/states/FailureAlert';
import { StatusLabel } from '../shared/status/StatusLabel';
import { Duration } from '../shared/time/Duration';
import { RelativeTime } from '../shared/time/RelativeTime';
import { harnessCdTranslationRef } from '../translation';
import { StageAnnouncement } from './StageAnnouncement';
import { Stages } from './Stages';
import { useExecution } from './useExecution';
import styles from './execution.module.css';

function Summary({ progress }: { progress: ExecutionProgress }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  return (
    <div className={styles.line}>
      <StatusLabel status={progress.status} phase={progress.phase} />
      <RelativeTime instant={progress.startedAt} />
      <Duration startedAt={progress.startedAt} endedAt={progress.endedAt} />
      {progress.url && <HarnessLink href={progress.url}>{t('link.harness')}</HarnessLink>}
    </div>
  );
}

function Progress({ progress }: { progress: ExecutionProgress }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const { failure, phase, stages } = progress;
  return (
    <Flex direction="column" gap="3">
      <StageAnnouncement progress={progress} />
      <Summary progress={progress} />
      {failure && <Alert icon status="danger" title={t('progress.failure')} description={failure} />}
      {stages.length > 0 && <Stages stages={stages} />}
      {stages.length === 0 && !isTerminal(phase) && <SecondaryText as="p">{t('progress.planning')}</SecondaryText>}
    </Flex>
  );
}

/**
 * A run with its stages and steps, followed live until it ends.
 *
 * @public
 */
export function ExecutionDetails({ executionId }: { executionId: string }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const { data: progress, error, refetch } = useExecution(executionId);
  if (progress) return <Progress progress={progress} />;
  if (error) return <FailureAlert title={t('state.executionFailure')} failure={error} onRetry={refetch} />;
  return <Skeleton height="8rem" />;
}
