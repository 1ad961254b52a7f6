import type { ReactNode } from 'react';
import { useSearchParams } from 'react-router-dom';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import {
  ButtonIcon,
  Cell,
  Flex,
  Link,
  Table,
  TablePagination,
  Text,
  useBreakpoint,
  type ColumnConfig,
} from '@backstage/ui';
import { RiExternalLinkLine, RiListCheck2 } from '@remixicon/react';
import type { Deployment, DeploymentsResponse } from 'backstage-plugin-harness-cd-common';
import { PAGE_SIZE } from '../hooks/useHarnessCd';
import { deploymentWords, isTerminal } from '../status';
import { harnessCdTranslationRef } from '../translation';
import { DeploymentList } from './DeploymentList';
import { CurrentStage } from './ExecutionProgress';
import { StatusLabel } from './StatusLabel';
import { Duration, RelativeTime } from './Time';
import styles from './styles.module.css';

function RowActions({ deployment, onShowDetails }: { deployment: Deployment; onShowDetails: (id: string) => void }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const words = deploymentWords(deployment);
  return (
    <Flex gap="2" align="center">
      <ButtonIcon
        size="small"
        variant="tertiary"
        icon={<RiListCheck2 aria-hidden />}
        aria-label={t('tab.showDetails', words)}
        onPress={() => onShowDetails(deployment.executionId)}
      />
      {deployment.links && (
        <Link
          href={deployment.links.execution}
          target="_blank"
          rel="noopener"
          aria-label={t('link.harnessRun', words)}
          title={t('link.harness')}
        >
          <RiExternalLinkLine aria-hidden size="1.25em" />
        </Link>
      )}
    </Flex>
  );
}

function StatusCell({ deployment }: { deployment: Deployment }) {
  return (
    <Flex direction="column" gap="1">
      <StatusLabel status={deployment.status} phase={deployment.phase} />
      {!isTerminal(deployment.phase) && <CurrentStage executionId={deployment.executionId} />}
    </Flex>
  );
}

function TextCell({ children }: { children: string }) {
  return (
    <Cell>
      <Text as="span" variant="body-medium" className={styles.wrapping}>
        {children}
      </Text>
    </Cell>
  );
}

function useColumns(onShowDetails: (executionId: string) => void): ColumnConfig<Deployment>[] {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const { down } = useBreakpoint();
  // What a narrow screen leaves out, the details of the row still show.
  const isNarrow = down('md');
  const unknown = t('unknown');
  return [
    {
      id: 'status',
      label: t('column.status'),
      isRowHeader: true,
      cell: item => (
        <Cell>
          <StatusCell deployment={item} />
        </Cell>
      ),
    },
    { id: 'tag', label: t('column.tag'), cell: item => <TextCell>{item.imageTag ?? unknown}</TextCell> },
    {
      id: 'environment',
      label: t('column.environment'),
      cell: item => <TextCell>{item.environmentName ?? item.environment ?? item.stageName ?? item.stage}</TextCell>,
    },
    { id: 'region', label: t('column.region'), cell: item => <TextCell>{item.region ?? unknown}</TextCell> },
    {
      id: 'started',
      label: t('column.started'),
      cell: item => (
        <Cell>
          <RelativeTime instant={item.startedAt} />
        </Cell>
      ),
    },
    {
      id: 'duration',
      label: t('column.duration'),
      isHidden: isNarrow,
      cell: item => (
        <Cell>
          <Duration startedAt={item.startedAt} endedAt={item.endedAt} />
        </Cell>
      ),
    },
    {
      id: 'by',
      label: t('column.by'),
      isHidden: isNarrow,
      cell: item => <TextCell>{item.triggeredBy ?? item.triggerType ?? unknown}</TextCell>,
    },
    {
      id: 'actions',
      label: t('column.actions'),
      cell: item => (
        <Cell>
          <RowActions deployment={item} onShowDetails={onShowDetails} />
        </Cell>
      ),
    },
  ];
}

interface HistoryPageProps {
  response: DeploymentsResponse;
  isStale: boolean;
  page: number;
  emptyState: ReactNode;
  onPageChange: (page: number) => void;
  onShowDetails: (executionId: string) => void;
}

function usePagination({ page, response, onPageChange }: HistoryPageProps) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const { deployments, totalExecutions: total } = response;
  return {
    pageSize: PAGE_SIZE,
    pageSizeOptions: [],
    offset: page * PAGE_SIZE,
    totalCount: total,
    hasNextPage: total === undefined ? deployments.length >= PAGE_SIZE : (page + 1) * PAGE_SIZE < total,
    hasPreviousPage: page > 0,
    onNextPage: () => onPageChange(page + 1),
    onPreviousPage: () => onPageChange(page - 1),
    getLabel: () =>
      total === undefined
        ? t('tab.page', { page: String(page + 1) })
        : t('tab.pageOf', {
            page: String(page + 1),
            pages: String(Math.max(1, Math.ceil(total / PAGE_SIZE))),
            total: String(total),
          }),
  };
}

/** One page of the history, newest first: a table, or a list where the screen is too narrow for one. */
export function HistoryTable(props: HistoryPageProps) {
  const { deployments } = props.response;
  const pagination = usePagination(props);
  const columnConfig = useColumns(props.onShowDetails);
  const { down } = useBreakpoint();
  const [search] = useSearchParams();
  if (down('sm')) {
    const hrefOf = (executionId: string) =>
      `?${new URLSearchParams({ ...Object.fromEntries(search), execution: executionId })}`;
    return (
      <>
        {deployments.length > 0 ? <DeploymentList deployments={deployments} hrefOf={hrefOf} /> : props.emptyState}
        <TablePagination {...pagination} />
      </>
    );
  }
  return (
    <Table
      columnConfig={columnConfig}
      data={deployments}
      isStale={props.isStale}
      emptyState={props.emptyState}
      pagination={{ type: 'page', ...pagination }}
    />
  );
}
