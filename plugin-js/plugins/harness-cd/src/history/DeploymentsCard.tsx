import { useId } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { useEntity } from '@backstage/plugin-catalog-react';
import { Card, CardBody, CardFooter, CardHeader, Flex, Link, Text } from '@backstage/ui';
import type { DeploymentsResponse } from 'backstage-plugin-harness-cd-common';
import { DeployIfPossible } from './DeployIfPossible';
import { CardOfAll } from './CardOfAll';
import { PipelineSelect } from './PipelineSelect';
import { type PipelineChoice, usePipelineChoice } from './usePipelineChoice';
import { type TabPath, useTabPath } from './useTabPath';
import { DeploymentMatrix } from '../matrix/DeploymentMatrix';
import { hasHarnessAnnotation } from '../shared/annotations';
import { FreshnessNote } from '../shared/FreshnessNote';
import { PipelineProvider } from '../shared/pipeline';
import shared from '../shared/shared.module.css';
import { LoadingRows } from '../shared/states/LoadingRows';
import { harnessCdTranslationRef } from '../translation';
import { DeploymentList } from './DeploymentList';
import styles from './history.module.css';
import { recent, RECENT } from './recent';
import { HistoryStates } from './states/HistoryStates';
import { NotAnnotated } from './states/NotAnnotated';
import { UnknownPipeline } from './states/UnknownPipeline';
import { useDeployments } from '../shared/useDeployments';

function RecentDeployments({ response, tabPath }: { response: DeploymentsResponse; tabPath: TabPath | undefined }) {
  return (
    <DeploymentList
      deployments={recent(response.deployments)}
      hrefOf={tabPath && (execution => tabPath({ execution }))}
    />
  );
}

function CardContent() {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const tabPath = useTabPath();
  const query = useDeployments();
  return (
    <>
      <CardBody>
        <DeploymentMatrix compact hrefOf={tabPath && (execution => tabPath({ execution }))} />
        <div className={styles.recent}>
          <HistoryStates query={query} loading={<LoadingRows rows={RECENT} />}>
            {response => <RecentDeployments response={response} tabPath={tabPath} />}
          </HistoryStates>
        </div>
      </CardBody>
      <CardFooter>
        <Flex justify="between" align="center">
          {query.data && <FreshnessNote {...query.data} readAt={query.dataUpdatedAt} />}
          {tabPath !== undefined && <Link href={tabPath()}>{t('card.all')} →</Link>}
        </Flex>
      </CardFooter>
    </>
  );
}

/** The content, of the chosen pipeline or of all that there are. */
function CardOfPipelines({ labels, chosen, unknown, choose, isPending }: PipelineChoice) {
  if (isPending) {
    return (
      <CardBody>
        <LoadingRows rows={RECENT} />
      </CardBody>
    );
  }
  if (unknown !== undefined) {
    return (
      <CardBody>
        <UnknownPipeline label={unknown} labels={labels} onChoose={choose} />
      </CardBody>
    );
  }
  if (labels.length > 1 && chosen === undefined) return <CardOfAll labels={labels} />;
  return (
    <PipelineProvider value={chosen}>
      <CardContent />
    </PipelineProvider>
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
  const choice = usePipelineChoice();
  const { labels, chosen, unknown, choose, isPending } = choice;
  const isOfOne = chosen !== undefined || (!isPending && labels.length < 2 && unknown === undefined);
  return (
    <Card className={shared.surface} role="region" aria-labelledby={titleId}>
      <CardHeader>
        <Flex justify="between" align="center">
          <Text as="h3" variant="title-x-small" weight="bold" id={titleId}>
            {t('title')}
          </Text>
          <Flex align="center" gap="3">
            <PipelineSelect labels={labels} chosen={chosen} hasAll onChoose={choose} />
            {hasPipeline && isOfOne && (
              <PipelineProvider value={chosen}>
                <DeployIfPossible key={chosen} size="small" />
              </PipelineProvider>
            )}
          </Flex>
        </Flex>
      </CardHeader>
      {hasPipeline ? (
        <CardOfPipelines {...choice} />
      ) : (
        <CardBody>
          <NotAnnotated />
        </CardBody>
      )}
    </Card>
  );
}
