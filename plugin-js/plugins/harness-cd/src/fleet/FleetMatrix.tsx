import { useMemo } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { EntityRefLink } from '@backstage/plugin-catalog-react';
import { Cell, type ColumnConfig, Flex, Table, Text, useTable } from '@backstage/ui';
import type { DeploymentBrief, EnvironmentCells, FleetPart, FleetService } from 'backstage-plugin-harness-cd-common';
import { SecondaryText } from '../shared/SecondaryText';
import { FailureAlert } from '../shared/states/FailureAlert';
import { LoadingRows } from '../shared/states/LoadingRows';
import { StatusLabel } from '../shared/status/StatusLabel';
import { RelativeTime } from '../shared/time/RelativeTime';
import { VersionLink } from '../shared/VersionLink';
import { harnessCdTranslationRef } from '../translation';
import { FleetFreshness } from './FleetFreshness';
import styles from './fleet.module.css';
import { useEntityTab } from './useEntityTab';
import { useFleetMatrix } from './useFleet';

const PAGE_SIZE = 25;

type Row = FleetService & { id: string };

/** What runs in an environment: each version once, with its regions, and the infrastructure definitions that have none. */
function versionsOf({ regions }: EnvironmentCells): { brief: DeploymentBrief; regions: string[] }[] {
  const versions = new Map<string, { brief: DeploymentBrief; regions: string[] }>();
  for (const { region, infrastructure, running } of regions) {
    if (!running) continue;
    const place = region ?? infrastructure;
    const key = running.version ?? running.id;
    const known = versions.get(key) ?? { brief: running, regions: [] };
    if (place !== undefined && !known.regions.includes(place)) known.regions.push(place);
    versions.set(key, known);
  }
  return [...versions.values()];
}

/** What of a service runs in an environment, and what is on its way or failed there since. */
function Environment({ row, cells }: { row: Row; cells: EnvironmentCells | undefined }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const tabOf = useEntityTab();
  const hrefOf = tabOf && ((execution: string) => tabOf(row, execution));
  if (!cells) return <Text as="span">{t('unknown')}</Text>;
  const versions = versionsOf(cells);
  const beside = cells.regions.flatMap(({ inFlight = [], failed }) => [...inFlight, ...(failed ? [failed] : [])]);
  return (
    <div className={styles.cell}>
      {versions.map(({ brief, regions }) => (
        <span key={brief.id}>
          <VersionLink brief={brief} hrefOf={hrefOf} />{' '}
          <SecondaryText as="span" variant="body-small">
            {regions.join(', ')} <RelativeTime instant={brief.at} />
          </SecondaryText>
        </span>
      ))}
      {versions.length === 0 && beside.length === 0 && t('unknown')}
      {beside.map(brief => (
        <span key={brief.id} className={styles.beside}>
          <StatusLabel status={brief.status} phase={brief.phase} /> <VersionLink brief={brief} hrefOf={hrefOf} />
        </span>
      ))}
    </div>
  );
}

/** The environments of all services, each once, in the order in which the services have them. */
function environmentsOf(services: FleetService[]): { environment: string; name: string }[] {
  const names = new Map<string, string>();
  for (const { environment, environmentName } of services.flatMap(({ matrix }) => matrix.environments)) {
    if (!names.has(environment) || environmentName) names.set(environment, environmentName ?? environment);
  }
  return [...names].map(([environment, name]) => ({ environment, name }));
}

function MatrixTable({ services, environment }: { services: FleetService[]; environment: string | null }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const rows = useMemo<Row[]>(
    () => services.map(one => ({ ...one, id: `${one.entityRef}/${one.pipeline}/${one.matrix.service}` })),
    [services],
  );
  const shown = environmentsOf(services).filter(one => environment === null || one.environment === environment);
  const columns: ColumnConfig<Row>[] = [
    {
      id: 'service',
      label: t('fleet.service'),
      isRowHeader: true,
      cell: row => (
        <Cell>
          <EntityRefLink entityRef={row.entityRef} hideIcon />
        </Cell>
      ),
    },
    ...shown.map(({ environment: id, name }) => ({
      id,
      label: name,
      cell: (row: Row) => (
        <Cell>
          <Environment row={row} cells={row.matrix.environments.find(cells => cells.environment === id)} />
        </Cell>
      ),
    })),
  ];
  const { tableProps } = useTable({
    mode: 'complete',
    data: rows,
    paginationOptions: { pageSize: PAGE_SIZE, pageSizeOptions: [PAGE_SIZE] },
  });
  return (
    <div className={styles.scrolling} role="group" aria-label={t('matrix.title')}>
      <Table {...tableProps} columnConfig={columns} className={styles.table} />
    </div>
  );
}

/**
 * What of all entities runs where whose deployments the reader may see: a row for each service, a column for each
 * environment.
 *
 * @public
 */
export function FleetMatrix(props: {
  /** Of which entities; of all where nothing is said. */
  part?: FleetPart;
  /** The one environment that is shown; all where nothing is said. */
  environment?: string | null;
}) {
  const { part, environment = null } = props;
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const { data, error, refetch, dataUpdatedAt } = useFleetMatrix(part);
  if (!data && error) return <FailureAlert title={t('matrix.failure')} failure={error} onRetry={refetch} />;
  if (!data) return <LoadingRows />;
  return (
    <Flex direction="column" gap="3">
      <FleetFreshness {...data} readAt={dataUpdatedAt} />
      {data.services.length === 0 ? (
        <Text as="p">{t('fleet.noService')}</Text>
      ) : (
        <MatrixTable services={data.services} environment={environment} />
      )}
    </Flex>
  );
}
