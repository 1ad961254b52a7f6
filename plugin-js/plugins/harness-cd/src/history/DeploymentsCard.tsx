import { useId } from 'react';
import { useRouteRef, useTranslationRef } from '@backstage/frontend-plugin-api';
import { useEntity } from '@backstage/plugin-catalog-react';
import { Card, CardBody, CardFooter, CardHeader, Flex, Link, Text } from '@backstage/ui';
import type { Deployment, DeploymentsResponse } from 'backstage-plugin-harness-cd-common';
import { hasHarnessAnnotation } from '../annotations';
import { formatInstant } from '../format/time';
import { useDeployments } from '../hooks/useHarnessCd';
import { useLocale } from '../hooks/useLocale';
import { deploymentsRouteRef } from '../routes';
import { isTerminal } from '../status';
import { harnessCdTranslationRef } from '../translation';
import { DeployButton } from './DeployButton';
import { DeploymentList } from './DeploymentList';
import { HistoryStates, LoadingRows, NeverDeployed, NotAnnotated } from './states';
import styles from './styles.module.css';

const RECENT = 5;

/** Everything that runs or waits, then what ended last: at least as many as running, at most five otherwise. */
function recent(deployments: Deployment[]): Deployment[] {
  const running = deployments.filter(deployment => !isTerminal(deployment.phase));
  const ended = deployments.filter(deployment => isTerminal(deployment.phase));
  return [...running, ...ended].slice(0, Math.max(RECENT, running.length));
}

function RecentDeployments({ response, tabPath }: { response: DeploymentsResponse; tabPath: string | undefined }) {
  if (response.deployments.length === 0) return response.failure ? null : <NeverDeployed />;
  return (
    <DeploymentList
      deployments={recent(response.deployments)}
      hrefOf={executionId => `${tabPath}?execution=${encodeURIComponent(executionId)}`}
    />
  );
}

function CardContent() {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const tabPath = useRouteRef(deploymentsRouteRef)?.();
  const locale = useLocale();
  const query = useDeployments();
  return (
    <>
      <CardBody>
        <HistoryStates query={query} loading={<LoadingRows rows={RECENT} />}>
          {response => <RecentDeployments response={response} tabPath={tabPath} />}
        </HistoryStates>
      </CardBody>
      <CardFooter>
        <Flex justify="between" align="center">
          <Text as="span" variant="body-small" className={styles.secondary}>
            {query.data && t('card.asOf', { time: formatInstant(query.data.asOf ?? query.dataUpdatedAt, locale) })}
          </Text>
          <Link href={tabPath}>{t('card.all')} →</Link>
        </Flex>
      </CardFooter>
    </>
  );
}

/** The card "Deployments" of an entity's overview: what runs, what ran last, and the way to deploy. */
export function DeploymentsCard() {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const { entity } = useEntity();
  const hasPipeline = hasHarnessAnnotation(entity);
  const titleId = useId();
  return (
    <Card role="region" aria-labelledby={titleId}>
      <CardHeader>
        <Flex justify="between" align="center">
          <Text as="h3" variant="title-x-small" weight="bold" id={titleId}>
            {t('title')}
          </Text>
          {hasPipeline && <DeployButton size="small" />}
        </Flex>
      </CardHeader>
      {hasPipeline ? (
        <CardContent />
      ) : (
        <CardBody>
          <NotAnnotated />
        </CardBody>
      )}
    </Card>
  );
}
