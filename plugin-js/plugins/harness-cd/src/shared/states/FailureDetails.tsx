import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { harnessCdTranslationRef } from '../../translation';
import { isSaidToPeople, type Failure } from '../failure';
import styles from '../shared.module.css';

function CorrelationId({ failure: { correlationId: id } }: { failure: Failure }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  return id === undefined ? null : <div>{t('state.correlationId', { id })}</div>;
}

/** What only a person can mend, in the words that name it. */
function Reason({ failure }: { failure: Failure }) {
  const { message, hint } = failure;
  return (
    <>
      <div className={styles.failureText}>{message}</div>
      {hint && !message.includes(hint) && <div>{hint}</div>}
      <CorrelationId failure={failure} />
    </>
  );
}

/** What to do about a failure; what a program says of it is behind that, for whoever looks for the cause. */
export function FailureDetails({ failure }: { failure: Failure }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  if (isSaidToPeople(failure)) return <Reason failure={failure} />;
  return (
    <>
      <div>{failure.hint ?? t('state.failureHint')}</div>
      <details className={styles.details}>
        <summary>{t('state.details')}</summary>
        <div className={styles.failureText}>{failure.message}</div>
        <CorrelationId failure={failure} />
      </details>
    </>
  );
}
