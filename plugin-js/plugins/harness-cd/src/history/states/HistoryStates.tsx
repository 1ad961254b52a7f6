import type { ReactNode } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Flex } from '@backstage/ui';
import type { UseQueryResult } from '@tanstack/react-query';
import type { DeploymentsResponse } from 'backstage-plugin-harness-cd-common';
import { FailureAlert } from '../../shared/states/FailureAlert';
import { harnessCdTranslationRef } from '../../translation';
import { StaleAlert } from './StaleAlert';

/** The states that card and tab share; `children` shows the rows, of which there is at least one or a filter. */
export function HistoryStates(props: {
  query: Pick<UseQueryResult<DeploymentsResponse>, 'data' | 'error' | 'refetch'>;
  loading: ReactNode;
  children: (response: DeploymentsResponse) => ReactNode;
}) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const { data, error, refetch } = props.query;
  return (
    <Flex direction="column" gap="3">
      {error && <FailureAlert title={t('state.failure')} failure={error} onRetry={refetch} />}
      {data?.failure && <StaleAlert failure={data.failure} asOf={data.asOf} />}
      {!data && !error && props.loading}
      {data && props.children(data)}
    </Flex>
  );
}
