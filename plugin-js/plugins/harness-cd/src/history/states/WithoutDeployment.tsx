import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { DeploymentsResponse } from 'backstage-plugin-harness-cd-common';
import { SecondaryText } from '../../shared/SecondaryText';
import { harnessCdTranslationRef } from '../../translation';

/** Says how many runs of the page are not among its rows, because they deployed nothing. */
export function WithoutDeployment({ response }: { response: DeploymentsResponse }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const { ranWithoutDeploying: count = 0 } = response;
  if (count === 0 || response.deployments.length === 0) return null;
  return (
    <SecondaryText as="p" variant="body-small">
      {t('state.withoutDeployment', { count })}
    </SecondaryText>
  );
}
