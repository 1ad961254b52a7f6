import type { UseQueryResult } from '@tanstack/react-query';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { CardBody, CardFooter, Flex, Link, Text } from '@backstage/ui';
import type { Deployment, DeploymentsResponse } from 'backstage-plugin-harness-cd-common';
import { FailureAlert } from '../shared/states/FailureAlert';
import { LoadingRows } from '../shared/states/LoadingRows';
import { useDeploymentsOf } from '../shared/useDeployments';
import { harnessCdTranslationRef } from '../translation';
import { AnnotationNotes } from './AnnotationNotes';
import { DeploymentList } from './DeploymentList';
import { recent, RECENT } from './recent';
import { StaleAlert } from './states/StaleAlert';
import { useTabPath } from './useTabPath';

/** Why the deployments of one of the pipelines are not there, or not those of now. */
function Trouble({ label, query }: { label: string; query: UseQueryResult<DeploymentsResponse> }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const { data, error, refetch } = query;
  if (!error && !data?.failure) return null;
  return (
    <Flex direction="column" gap="1">
      <Text as="span" variant="body-small" weight="bold">
        {label}
      </Text>
      {error ? (
        <FailureAlert title={t('state.failure')} failure={error} onRetry={refetch} />
      ) : (
        data?.failure && <StaleAlert failure={data.failure} asOf={data.asOf} onRetry={refetch} />
      )}
    </Flex>
  );
}

function newestFirst(one: Deployment, other: Deployment): number {
  return (other.startedAt ?? Infinity) - (one.startedAt ?? Infinity) || 0;
}

/** What ran lately in all pipelines of an entity; one that cannot be read hides nothing of the others. */
export function CardOfAll({ labels }: { labels: string[] }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const tabPath = useTabPath();
  const queries = useDeploymentsOf(labels);
  const pipelines = new Map<Deployment, string>();
  queries.forEach(({ data }, index) => data?.deployments.forEach(row => pipelines.set(row, labels[index])));
  const rows = recent([...pipelines.keys()].sort(newestFirst));
  const isLoading = rows.length === 0 && queries.some(({ isPending }) => isPending);
  const isEmpty = rows.length === 0 && queries.some(({ data }) => data && !data.failure);
  return (
    <>
      <CardBody>
        <Flex direction="column" gap="3">
          <AnnotationNotes />
          {labels.map((label, index) => (
            <Trouble key={label} label={label} query={queries[index]} />
          ))}
          {isLoading && <LoadingRows rows={RECENT} />}
          {!isLoading && isEmpty && <Text as="p">{t('pipeline.noneListed')}</Text>}
          <DeploymentList
            deployments={rows}
            pipelineOf={row => pipelines.get(row)}
            hrefOf={tabPath && ((execution, row) => tabPath({ pipeline: pipelines.get(row), execution }))}
          />
        </Flex>
      </CardBody>
      <CardFooter>
        <Flex justify="end">{tabPath !== undefined && <Link href={tabPath()}>{t('card.all')} →</Link>}</Flex>
      </CardFooter>
    </>
  );
}
