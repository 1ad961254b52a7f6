import { useState, type ReactNode } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Alert, Button, Flex, Skeleton, Text } from '@backstage/ui';
import {
  isTerminal,
  type Deployment,
  type ExecutionProgress,
  type ExecutionStage,
} from 'backstage-plugin-harness-cd-common';
import { shortVersion, timesOf, timesOfRun, versionOf } from '../shared/deployment';
import { failureOf, statusCodeOf } from '../shared/failure';
import { OutLink } from '../shared/OutLink';
import { hasPerson, PersonInFull } from '../shared/person/Person';
import { SecondaryText } from '../shared/SecondaryText';
import shared from '../shared/shared.module.css';
import { FailureAlert } from '../shared/states/FailureAlert';
import { Marks } from '../shared/status/Marks';
import { StatusLabel } from '../shared/status/StatusLabel';
import { RelativeTime } from '../shared/time/RelativeTime';
import { RunTime, type Timed } from '../shared/time/RunTime';
import { harnessCdTranslationRef } from '../translation';
import { askingIn, type QuestionOf } from './asking';
import { StageAnnouncement } from './StageAnnouncement';
import { Stages } from './Stages';
import { useExecution } from './useExecution';
import styles from './execution.module.css';

/** A line of its own for the deployment, and one for its run; a row of the history does not know the status of the run. */
function Summary(props: { label: string; of: Timed & { status?: string }; children?: ReactNode }) {
  const { label, of } = props;
  return (
    <div className={styles.line}>
      <Text as="span" weight="bold">
        {label}
      </Text>
      {of.status !== undefined && <StatusLabel status={of.status} phase={of.phase} />}
      {isTerminal(of.phase) && of.startedAt !== undefined && <RelativeTime instant={of.startedAt} />}
      <RunTime {...of} />
      {props.children}
    </div>
  );
}

/** Who started it, and what else has to be known of it. */
function AboutRow({ deployment }: { deployment: Deployment }) {
  const version = versionOf(deployment);
  return (
    <>
      {hasPerson(deployment) && <PersonInFull deployment={deployment} />}
      <Marks deployment={deployment} />
      {version !== undefined && shortVersion(version) !== version && (
        <SecondaryText as="span">
          <span className={styles.long}>{version}</span>
        </SecondaryText>
      )}
    </>
  );
}

/** What the row of the history says: it is there before anything else is known. */
function KnownFromRow({ deployment, isRunKnown }: { deployment: Deployment; isRunKnown: boolean }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const { status, wholeRun, waitingFor } = deployment;
  const ofRow = { ...timesOf(deployment), status };
  const about = <AboutRow deployment={deployment} />;
  return (
    <>
      {wholeRun ? (
        <div className={styles.line}>{about}</div>
      ) : (
        <Summary label={t('progress.deployment')} of={ofRow}>
          {about}
        </Summary>
      )}
      {!isRunKnown && <Summary label={t('progress.run')} of={wholeRun ? ofRow : timesOfRun(deployment)} />}
      {waitingFor && <SecondaryText as="p">{t(`waitingFor.${waitingFor}`)}</SecondaryText>}
    </>
  );
}

function WhyItFailed({ reason }: { reason: string }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  return (
    <Alert
      icon
      status="danger"
      title={t('progress.failure')}
      description={<span className={shared.failureText}>{reason}</span>}
    />
  );
}

/** The run that a stage of another one has started, on demand: as many questions as somebody wants answered. */
function ChildRun({ stage, parent }: { stage: ExecutionStage; parent: string }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const [isOpen, setIsOpen] = useState(false);
  if (!stage.child) return null;
  const of = { stage: stage.name };
  return (
    <>
      <Button size="small" variant="secondary" aria-expanded={isOpen} onPress={() => setIsOpen(!isOpen)}>
        {t('progress.showChild', of)}
      </Button>
      {isOpen && (
        <div role="group" aria-label={t('progress.child', of)} className={styles.child}>
          <FollowedRun executionId={stage.child.executionId} parent={parent} />
        </div>
      )}
    </>
  );
}

function Progress({ progress, questionOf }: { progress: ExecutionProgress; questionOf?: QuestionOf }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const { executionId, failure, phase, stages } = progress;
  return (
    <>
      <StageAnnouncement progress={progress} />
      <Summary label={t('progress.run')} of={progress}>
        {progress.url && <OutLink href={progress.url}>{t('link.harness')}</OutLink>}
      </Summary>
      {failure && <WhyItFailed reason={failure} />}
      {questionOf && askingIn(progress).map(asking => questionOf(asking, progress))}
      {stages.length > 0 && (
        <Stages progress={progress} childOf={stage => <ChildRun stage={stage} parent={executionId} />} />
      )}
      {stages.length === 0 && !isTerminal(phase) && <SecondaryText as="p">{t('progress.planning')}</SecondaryText>}
    </>
  );
}

function NoSuchRun() {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  return <Alert icon status="warning" title={t('progress.noSuchRun')} description={t('progress.noSuchRunHint')} />;
}

/** Whether there is no such run: the backend of a run, not of its pipeline, is the one that says so. */
function isNoSuchRun(error: Error): boolean {
  const { code } = failureOf(error);
  return statusCodeOf(error) === 404 && code !== 'PIPELINE_NOT_FOUND';
}

function NoProgress({ failure, onRetry }: { failure: Error | null; onRetry: () => void }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  if (!failure) return <Skeleton height="8rem" aria-label={t('progress.loading')} />;
  if (isNoSuchRun(failure)) return <NoSuchRun />;
  return <FailureAlert title={t('state.executionFailure')} failure={failure} onRetry={onRetry} />;
}

/** A run that nothing is known of before it is read. */
function FollowedRun({ executionId, parent }: { executionId: string; parent: string }) {
  const { data: progress, error, refetch } = useExecution(executionId, parent);
  return progress ? <Progress progress={progress} /> : <NoProgress failure={error} onRetry={refetch} />;
}

/** A run with its stages and steps, followed live until it ends. */
export function RunProgress(props: {
  executionId: string;
  /** The row of the history that the run is looked at from: what it says is shown at once. */
  deployment?: Deployment;
  /** What is shown for a stage or a step that waits for an input. */
  questionOf?: QuestionOf;
}) {
  const { data: progress, error, failureReason, refetch } = useExecution(props.executionId);
  const { deployment } = props;
  // What failed once is tried again, and said meanwhile.
  const failure = error ?? (failureReason && !isNoSuchRun(failureReason) ? failureReason : null);
  return (
    <Flex direction="column" gap="3">
      {deployment && <KnownFromRow deployment={deployment} isRunKnown={progress !== undefined} />}
      {!progress && deployment?.failure && <WhyItFailed reason={deployment.failure} />}
      {progress ? (
        <Progress progress={progress} questionOf={props.questionOf} />
      ) : (
        <NoProgress failure={failure} onRetry={refetch} />
      )}
    </Flex>
  );
}
