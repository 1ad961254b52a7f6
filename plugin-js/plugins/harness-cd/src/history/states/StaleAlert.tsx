import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Alert } from '@backstage/ui';
import type { FailureBody } from 'backstage-plugin-harness-cd-common';
import { FailureDetails } from '../../shared/states/FailureDetails';
import { RetryButton } from '../../shared/states/RetryButton';
import { useFailureTitle } from '../../shared/states/useFailureTitle';
import { formatInstant } from '../../shared/time/format';
import { useLocale } from '../../shared/useLocale';
import { harnessCdTranslationRef } from '../../translation';

function Known({ failure, asOf }: { failure: FailureBody; asOf: number | undefined }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const locale = useLocale();
  const since = formatInstant(failure.since, locale);
  return asOf === undefined ? (
    <div>
      {t('state.nothingKnown')} {t('state.since', { since })}
    </div>
  ) : (
    <div>
      {t('state.lastKnown')} {t('state.lastKnownTimes', { asOf: formatInstant(asOf, locale), since })}
    </div>
  );
}

/** Why the deployments are not those of now, whether any are known, since when, and what to do. */
export function StaleAlert(props: {
  failure: FailureBody;
  /** Of when the deployments are that are known; absent where none are. */
  asOf: number | undefined;
  onRetry: () => void;
}) {
  const titleOf = useFailureTitle();
  return (
    <Alert
      icon
      role="status"
      status="warning"
      title={titleOf(props.failure)}
      description={
        <>
          <Known {...props} />
          <FailureDetails failure={props.failure} />
        </>
      }
      customActions={<RetryButton onRetry={props.onRetry} />}
    />
  );
}
