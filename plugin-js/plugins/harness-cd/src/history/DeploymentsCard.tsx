import { useId } from 'react';
import { useRouteRef, useTranslationRef } from '@backstage/frontend-plugin-api';
import { useEntity } from '@backstage/plugin-catalog-react';
import { Card, CardBody, CardFooter, CardHeader, Flex, Link, Text } from '@backstage/ui';
import { isTerminal, type Deployment, type DeploymentsResponse } from 'backstage-plugin-harness-cd-common';
import { DeployIfPossible } from './DeployIfPossible';
import { deploymentsRouteRef } from '../routes';
import { hasHarnessAnnotation } from '../shared/annotations';
import { SecondaryText } from '../shared/SecondaryText';
import shared from '../shared/shared.module.css';
import { formatInstant } from '../shared/time/format';
import { useLocale } from '../shared/useLocale';
import { harnessCdTranslationRef } from '../translation';
import { DeploymentList } from './DeploymentList';
import { HistoryStates } from './states/HistoryStates';
import { LoadingRows } from './states/LoadingRows';
import { NotAnnotated } from './states/NotAnnotated';
import { useDeployments } from '../shared/useDeployments';

const RECENT = 5;

/** Everything that runs or waits, then what ended last: at least as many as running, at most five otherwise. */
function recent(deployments: Deployment[]): Deployment[] {
  const running = deployments.filter(deployment => !isTerminal(deployment.phase));
  const ended = deployments.filter(deployment => isTerminal(deployment.phase));
  return [...running, ...ended].slice(0, Math.max(RECENT, running.length));
}

function RecentDeployments({ response, tabPath }: { response: DeploymentsResponse; tabPath: string | undefined }) {
  return (
    <DeploymentList
      deployments={recent(response.deployments)}
      hrefOf={tabPath === undefined ? undefined : id => `${tabPath}?execution=${encodeURIComponent(id)}`}
    />
  );
}

function CardContent() {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const tabPath = useRouteRef(deploymentsRouteRef)?.();
  const locale = useLocale();
  const query = useDeployments();
  const isUnknown = query.data?.failure && query.data.asOf === undefined;
  return (
    <>
      <CardBody>
        <HistoryStates query={query} loading={<LoadingRows rows={RECENT} />}>
          {response => <RecentDeployments response={response} tabPath={tabPath} />}
        </HistoryStates>
      </CardBody>
      <CardFooter>
        <Flex justify="between" align="center">
          <SecondaryText as="span" variant="body-small">
            {query.data &&
              !isUnknown &&
              t('card.asOf', { time: formatInstant(query.data.asOf ?? query.dataUpdatedAt, locale) })}
          </SecondaryText>
          {tabPath !== undefined && <Link href={tabPath}>{t('card.all')} →</Link>}
        </Flex>
      </CardFooter>
    </>
  );
}

/**
 * The card "Deployments" of an entity's overview: what runs, what ran last, and the way to deploy.
 *
 * @public
 */
export function DeploymentsCard() {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const { entity } = useEntity();
  const hasPipeline = hasHarnessAnnotation(entity);
  const titleId = useId();
  return (
    <Card className={shared.surface} role="region" aria-labelledby={titleId}>
      <CardHeader>
        <Flex justify="between" align="center">
          <Text as="h3" variant="title-x-small" weight="bold" id={titleId}>
            {t('title')}
          </Text>
          {hasPipeline && <DeployIfPossible size="small" />}
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
