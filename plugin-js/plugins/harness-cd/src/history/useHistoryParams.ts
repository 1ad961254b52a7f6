import { useSearchParams } from 'react-router-dom';
import type { StatusGroup } from 'backstage-plugin-harness-cd-common';
import { isStatusFilter } from './statusFilter';

/** What the address bar says about the history: filters, page, and the run whose details are open. */
export interface HistoryParams {
  /** The identifier of an environment. */
  environment: string | null;
  /** What the status is filtered by. */
  status: StatusGroup | null;
  /** 0-based. */
  page: number;
  /** The id of an execution. */
  execution: string | null;
}

/** Changes what the address bar says. */
export type ChangeHistoryParams = (change: Partial<HistoryParams>) => void;

function readPage(text: string | null): number {
  const page = Number(text ?? 1);
  return Number.isInteger(page) && page > 1 ? page - 1 : 0;
}

/** Reads and writes {@link HistoryParams}, so that a view of the history can be linked to. Pages count from 1 there. */
export function useHistoryParams(): [HistoryParams, ChangeHistoryParams] {
  const [search, setSearch] = useSearchParams();
  const status = search.get('status');
  const params: HistoryParams = {
    environment: search.get('environment'),
    status: isStatusFilter(status) ? status : null,
    page: readPage(search.get('page')),
    execution: search.get('execution'),
  };
  const change = (changes: Partial<HistoryParams>) => {
    const next = { ...params, ...changes };
    setSearch(
      previous => {
        const written = new URLSearchParams(previous);
        const write = (name: string, value: string | null) =>
          value === null ? written.delete(name) : written.set(name, value);
        write('environment', next.environment);
        write('status', next.status);
        write('page', next.page > 0 ? String(next.page + 1) : null);
        write('execution', next.execution);
        return written;
      },
      { replace: true },
    );
  };
  return [params, change];
}
