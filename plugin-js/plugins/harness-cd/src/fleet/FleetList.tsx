import { useMemo } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { EntityRefLink } from '@backstage/plugin-catalog-react';
import { Flex, Link, Text } from '@backstage/ui';
import { type FleetDeployment, type FleetDeploymentsQuery, isTerminal } from 'backstage-plugin-harness-cd-common';
import { deploymentWords, timesOf } from '../shared/deployment';
import { EndlessList, Newest } from '../shared/list/EndlessList';
import { hasPerson, Person } from '../shared/person/Person';
import { SecondaryText } from '../shared/SecondaryText';
import shared from '../shared/shared.module.css';
import { FailureAlert } from '../shared/states/FailureAlert';
import { LoadingRows } from '../shared/states/LoadingRows';
import { Marks } from '../shared/status/Marks';
import { StatusLabel } from '../shared/status/StatusLabel';
import { RelativeTime } from '../shared/time/RelativeTime';
import { RunTime } from '../shared/time/RunTime';
import layout from '../shared/layout.module.css';
import { harnessCdTranslationRef } from '../translation';
import { FleetFreshness } from './FleetFreshness';
import { useEntityTab } from './useEntityTab';
import { fleetDeploymentsKey, useFleetDeployments } from './useFleet';

/** About as high as a row of two lines. */
const ROW_HEIGHT_PX = 72;

function Row({ row }: { row: FleetDeployment }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const tabOf = useEntityTab();
  const { entityRef, deployment } = row;
  const words = t('list.deployment', deploymentWords(deployment));
  const { status, phase, startedAt, failure } = deployment;
  return (
    <div className={layout.row}>
      <StatusLabel status={status} phase={phase} />
      <span className={layout.words}>
        <EntityRefLink entityRef={entityRef} hideIcon />
        {' · '}
        {tabOf ? <Link href={tabOf(row, deployment.executionId)}>{words}</Link> : words}
      </span>
      {isTerminal(phase) ? <RelativeTime instant={startedAt} /> : <RunTime {...timesOf(deployment)} />}
      <div className={layout.rowDetail}>
        <Marks deployment={deployment} />
        {hasPerson(deployment) && (
          <SecondaryText as="span" variant="body-small">
            <Person deployment={deployment} />
          </SecondaryText>
        )}
        {failure && (
          <Text as="span" variant="body-small" className={shared.failure}>
            {failure}
          </Text>
        )}
      </div>
    </div>
  );
}

/**
 * Deployments of all entities whose deployments the reader may see, newest first.
 *
 * @public
 */
export function FleetDeployments(props: {
  /** Which deployments; all where nothing is said. */
  query?: Omit<FleetDeploymentsQuery, 'after' | 'limit'>;
  /** Shown where there is none. */
  emptyState?: JSX.Element;
}) {
  const { query: asked = {}, emptyState } = props;
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const query = useFleetDeployments(asked);
  const { data, error, refetch, dataUpdatedAt } = query;
  const rows = useMemo(() => data?.pages.flatMap(({ deployments }) => deployments) ?? [], [data]);
  if (!data && error) return <FailureAlert title={t('state.failure')} failure={error} onRetry={refetch} />;
  if (!data) return <LoadingRows />;
  return (
    <Flex direction="column" gap="3">
      <Flex align="center" gap="3">
        <FleetFreshness {...data.pages[0]} readAt={dataUpdatedAt} />
        <Newest data={data} queryKey={fleetDeploymentsKey(asked)} />
      </Flex>
      {rows.length === 0 ? (
        (emptyState ?? <Text as="p">{t('fleet.none')}</Text>)
      ) : (
        <EndlessList
          query={query}
          items={rows}
          keyOf={({ entityRef, pipeline, deployment }) => `${entityRef}/${pipeline}/${deployment.id}`}
          label={t('fleet.rows')}
          failure={t('state.failure')}
          rowHeight={ROW_HEIGHT_PX}
        >
          {row => <Row row={row} />}
        </EndlessList>
      )}
    </Flex>
  );
}
