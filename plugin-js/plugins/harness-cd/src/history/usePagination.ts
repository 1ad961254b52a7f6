import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { DeploymentsResponse } from 'backstage-plugin-harness-cd-common';
import { harnessCdTranslationRef } from '../translation';

/** A page of the history, and how to get to another one. */
export interface HistoryPage {
  response: DeploymentsResponse;
  /** From 0. */
  page: number;
  onPageChange: (page: number) => void;
}

/** The last page, from 0; undefined where it is not known how many there are, as during an outage. */
export function lastPageOf({ totalExecutions: total, pageSize, failure }: DeploymentsResponse): number | undefined {
  return total === undefined || failure ? undefined : Math.max(0, Math.ceil(total / pageSize) - 1);
}

function usePageLabel({ page, response }: HistoryPage): string {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const last = lastPageOf(response);
  const { totalExecutions: total } = response;
  if (last === undefined || total === undefined) return t('tab.page', { page: String(page + 1) });
  return t('tab.pageOf', { page: String(page + 1), pages: String(last + 1), count: total });
}

/** The pages of the history, as Backstage UI's tables take them. Harness does not always say how many there are. */
export function usePagination(historyPage: HistoryPage) {
  const { page, response, onPageChange } = historyPage;
  const { deployments, pageSize, totalExecutions: total } = response;
  const last = lastPageOf(response);
  const label = usePageLabel(historyPage);
  return {
    pageSize,
    pageSizeOptions: [],
    offset: page * pageSize,
    totalCount: total,
    hasNextPage: last === undefined ? deployments.length >= pageSize : page < last,
    hasPreviousPage: page > 0,
    onNextPage: () => onPageChange(page + 1),
    onPreviousPage: () => onPageChange(page - 1),
    getLabel: () => label,
  };
}
