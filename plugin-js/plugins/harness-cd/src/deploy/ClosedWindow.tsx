import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Alert } from '@backstage/ui';
import type { Violation } from 'backstage-plugin-harness-cd-common';
import { formatOpening, formatRelative } from '../shared/time/format';
import { useLocale } from '../shared/useLocale';
import { harnessCdTranslationRef } from '../translation';
import { useViolationWords } from './useViolationWords';

/** When a change window opens next, in the reader's zone and from now; on hover in UTC. Times are epoch ms. */
function Opening({ opens, now }: { opens: number; now: number }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const locale = useLocale();
  const time = formatOpening(opens, now, locale);
  return (
    <span title={`${formatOpening(opens, now, locale, 'UTC')} UTC`}>
      {t('deploy.opens', { time, relative: formatRelative(opens, now, locale) })}
    </span>
  );
}

/** Says at the place of the button that an environment takes no deployments at this time, and when it does. */
export function ClosedWindow(props: {
  violation: Violation;
  environment: string;
  /** Epoch ms. */
  now: number;
}) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const wordsOf = useViolationWords();
  const { violation, environment, now } = props;
  const { allowedFrom } = violation;
  return (
    <Alert
      icon
      role="status"
      status="warning"
      title={allowedFrom === undefined ? wordsOf(violation) : t('deploy.windowClosed', { environment })}
      description={allowedFrom !== undefined && <Opening opens={allowedFrom} now={now} />}
    />
  );
}
