import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { RiErrorWarningLine, RiLoader4Line } from '@remixicon/react';
import { harnessCdTranslationRef } from '../../translation';
import { hasOutcome, type Start, type StartState } from '../../shared/start';
import { useStartWords } from './StartSteps';
import styles from '../deploy.module.css';

const FAILURES = {
  notStarted: 'deploy.startFailed',
  rejected: 'deploy.startFailed',
  unknown: 'deploy.outcomeUnknown',
  unanswered: 'start.unanswered',
} as const satisfies Partial<Record<StartState['kind'], string>>;

/** Beside the button while the dialog is closed: that a start is under way, or how it failed until that was seen. */
export function StartNotice({ start }: { start: Start }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const wordsOf = useStartWords();
  const { state } = start;
  if (!hasOutcome(start)) {
    return (
      <span role="status" className={styles.notice}>
        <RiLoader4Line aria-hidden size="1em" /> {wordsOf(state)}
      </span>
    );
  }
  if (start.isSeen || !(state.kind in FAILURES)) return null;
  return (
    <span role="alert" className={`${styles.notice} ${styles.failedNotice}`}>
      <RiErrorWarningLine aria-hidden size="1em" /> {t(FAILURES[state.kind as keyof typeof FAILURES])}
    </span>
  );
}
