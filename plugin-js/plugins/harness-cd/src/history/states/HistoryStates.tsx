import type { ReactNode } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Flex } from '@backstage/ui';
import type { UseQueryResult } from '@tanstack/react-query';
import type { DeploymentsResponse } from 'backstage-plugin-harness-cd-common';
import { failureOf, needsAnotherPipeline } from '../../shared/failure';
import { FailureAlert } from '../../shared/states/FailureAlert';
import { harnessCdTranslationRef } from '../../translation';
import { NoDeployments } from './NoDeployments';
import { PipelineToName } from './PipelineToName';
import { StaleAlert } from './StaleAlert';
import { WithoutDeployment, type RunsChoice } from './WithoutDeployment';

/** The states that card and tab share; `children` shows the rows, of which there is at least one, or why there is none. */
export function HistoryStates(props: {
  query: Pick<UseQueryResult<DeploymentsResponse>, 'data' | 'error' | 'refetch'>;
  /** Whether there is something to show besides rows: filters, pages or runs that deployed nothing. */
  isNarrowed?: boolean;
  /** How runs that deployed nothing are shown, where there is room for them. */
  runsChoice?: RunsChoice;
  loading: ReactNode;
  children: (response: DeploymentsResponse) => ReactNode;
}) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const { runsChoice } = props;
  const { data, error, refetch } = props.query;
  const hasNone = data?.deployments.length === 0 && !props.isNarrowed;
  return (
    <Flex direction="column" gap="3">
      {error && <FailureAlert title={t('state.failure')} failure={error} onRetry={refetch} />}
      {error && needsAnotherPipeline(failureOf(error)) && <PipelineToName />}
      {data?.failure && <StaleAlert failure={data.failure} asOf={data.asOf} onRetry={refetch} />}
      {!data && !error && props.loading}
      {data && hasNone && !data.failure && <NoDeployments totalExecutions={data.totalExecutions} />}
      {data && !hasNone && props.children(data)}
      {data && (!hasNone || runsChoice) && (
        <WithoutDeployment count={data.ranWithoutDeploying ?? 0} choice={runsChoice} />
      )}
    </Flex>
  );
}
