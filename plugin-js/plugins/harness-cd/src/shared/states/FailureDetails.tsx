import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { harnessCdTranslationRef } from '../../translation';
import type { Failure } from '../failure';
import styles from '../shared.module.css';

/** A sentence for each thing that is known about a failure: what, what to do, and the id to ask with. */
export function FailureDetails({ failure }: { failure: Failure }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  return (
    <>
      <span className={styles.failureText}>{failure.message}</span>
      {failure.hint && !failure.message.includes(failure.hint) && <div>{failure.hint}</div>}
      {failure.correlationId && <div>{t('state.correlationId', { id: failure.correlationId })}</div>}
    </>
  );
}
