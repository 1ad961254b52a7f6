import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Alert } from '@backstage/ui';
import type { Violation } from 'backstage-plugin-harness-cd-common';
import { formatOpening } from '../shared/time/format';
import { useLocale } from '../shared/useLocale';
import { harnessCdTranslationRef } from '../translation';
import { useOpening } from './useOpening';

interface ClosedWindowProps {
  violation: Violation;
  environment: string;
  /** Epoch ms. */
  now: number;
}

/** On hover the opening in UTC. */
function useOpeningInUtc({ allowedFrom }: Violation, now: number): string | undefined {
  const locale = useLocale();
  return allowedFrom === undefined ? undefined : `${formatOpening(allowedFrom, now, locale, 'UTC')} UTC`;
}

/** Says at the place of the button that an environment takes no deployments at this time, and when it does. */
export function ClosedWindow({ violation, environment, now }: ClosedWindowProps) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const opening = useOpening();
  const openingInUtc = useOpeningInUtc(violation, now);
  return (
    <Alert
      icon
      role="status"
      status="warning"
      title={t('deploy.windowClosed', { environment })}
      description={<span title={openingInUtc}>{opening(violation, now)}</span>}
    />
  );
}
