import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { DeploymentsResponse } from 'backstage-plugin-harness-cd-common';
import { harnessCdTranslationRef } from '../translation';
import { PAGE_SIZE } from './useDeployments';

/** A page of the history, and how to get to another one. */
export interface HistoryPage {
  response: DeploymentsResponse;
  /** From 0. */
  page: number;
  onPageChange: (page: number) => void;
}

function usePageLabel({ page, response: { totalExecutions: total } }: HistoryPage): string {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  if (total === undefined) return t('tab.page', { page: String(page + 1) });
  return t('tab.pageOf', {
    page: String(page + 1),
    pages: String(Math.max(1, Math.ceil(total / PAGE_SIZE))),
    total: String(total),
  });
}

/** The pages of the history, as Backstage UI's tables take them. Harness does not always say how many there are. */
export function usePagination(historyPage: HistoryPage) {
  const { page, response, onPageChange } = historyPage;
  const { deployments, totalExecutions: total } = response;
  const label = usePageLabel(historyPage);
  return {
    pageSize: PAGE_SIZE,
    pageSizeOptions: [],
    offset: page * PAGE_SIZE,
    totalCount: total,
    hasNextPage: total === undefined ? deployments.length >= PAGE_SIZE : (page + 1) * PAGE_SIZE < total,
    hasPreviousPage: page > 0,
    onNextPage: () => onPageChange(page + 1),
    onPreviousPage: () => onPageChange(page - 1),
    getLabel: () => label,
  };
}
