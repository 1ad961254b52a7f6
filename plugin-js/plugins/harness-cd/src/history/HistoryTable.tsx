import type { ReactNode } from 'react';
import { useSearchParams } from 'react-router-dom';
import { Table, TablePagination, useBreakpoint } from '@backstage/ui';
import { DeploymentList } from './DeploymentList';
import { useColumns } from './useColumns';
import { usePagination, type HistoryPage } from './usePagination';

interface HistoryTableProps extends HistoryPage {
  /** Whether the rows are those of the page before. */
  isStale: boolean;
  emptyState: ReactNode;
  onShowDetails: (executionId: string) => void;
}

function NarrowHistory(props: HistoryTableProps) {
  const { deployments } = props.response;
  const pagination = usePagination(props);
  const [search] = useSearchParams();
  const hrefOf = (executionId: string) =>
    `?${new URLSearchParams({ ...Object.fromEntries(search), execution: executionId })}`;
  return (
    <>
      {deployments.length > 0 ? <DeploymentList deployments={deployments} hrefOf={hrefOf} /> : props.emptyState}
      <TablePagination {...pagination} />
    </>
  );
}

function WideHistory(props: HistoryTableProps) {
  const pagination = usePagination(props);
  return (
    <Table
      columnConfig={useColumns(props.onShowDetails)}
      data={props.response.deployments}
      isStale={props.isStale}
      emptyState={props.emptyState}
      pagination={{ type: 'page', ...pagination }}
    />
  );
}

/** One page of the history, newest first: a table, or a list where the screen is too narrow for one. */
export function HistoryTable(props: HistoryTableProps) {
  const { down } = useBreakpoint();
  return down('sm') ? <NarrowHistory {...props} /> : <WideHistory {...props} />;
}
