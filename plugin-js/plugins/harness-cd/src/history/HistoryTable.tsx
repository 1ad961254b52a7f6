import { useEffect, useRef, type ReactNode } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Table, TablePagination, useBreakpoint } from '@backstage/ui';
import { harnessCdTranslationRef } from '../translation';
import { Announcer } from './Announcer';
import { DeploymentList } from './DeploymentList';
import { useColumns } from './useColumns';
import { useHrefOfRun } from './useHrefOfRun';
import { usePagination, type HistoryPage } from './usePagination';
import styles from './history.module.css';

interface HistoryTableProps extends HistoryPage {
  /** Whether the rows are those of the page before. */
  isStale: boolean;
  emptyState: ReactNode;
  onShowDetails: (executionId: string) => void;
}

function NarrowHistory(props: HistoryTableProps) {
  const { deployments } = props.response;
  const pagination = usePagination(props);
  const hrefOf = useHrefOfRun();
  return (
    <>
      {deployments.length > 0 ? <DeploymentList deployments={deployments} hrefOf={hrefOf} /> : props.emptyState}
      <TablePagination {...pagination} />
    </>
  );
}

function WideHistory(props: HistoryTableProps) {
  const pagination = usePagination(props);
  const { deployments } = props.response;
  return (
    <Announcer deployments={deployments}>
      <Table
        className={styles.table}
        columnConfig={useColumns(props.onShowDetails)}
        data={deployments}
        isStale={props.isStale}
        emptyState={props.emptyState}
        rowConfig={{ onClick: ({ executionId }) => props.onShowDetails(executionId) }}
        pagination={{ type: 'page', ...pagination }}
      />
    </Announcer>
  );
}

/** Leads to the head of the rows once another page of them is there. */
function useHeadOfPage({ page, isStale }: HistoryTableProps) {
  const head = useRef<HTMLDivElement>(null);
  const shown = useRef(page);
  useEffect(() => {
    if (isStale || shown.current === page) return;
    shown.current = page;
    head.current?.focus();
  }, [page, isStale]);
  return head;
}

/** One page of the history, newest first: a table, or a list where the screen is too narrow for one. */
export function HistoryTable(props: HistoryTableProps) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const { down } = useBreakpoint();
  const head = useHeadOfPage(props);
  return (
    <div ref={head} tabIndex={-1} role="group" aria-label={t('tab.rows')} className={styles.head}>
      {down('sm') ? <NarrowHistory {...props} /> : <WideHistory {...props} />}
    </div>
  );
}
