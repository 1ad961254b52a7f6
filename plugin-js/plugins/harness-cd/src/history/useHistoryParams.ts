import { useLocation, useNavigate, useSearchParams } from 'react-router-dom';
import type { Runs, StatusGroup } from 'backstage-plugin-harness-cd-common';
import { isStatusFilter } from './statusFilter';

/** What the address bar says about the history: filters, view, page, and the run whose details are open. */
export interface HistoryParams {
  /** The identifier of an environment. */
  environment: string | null;
  /** What the status is filtered by. */
  status: StatusGroup | null;
  /** The name of a region. */
  region: string | null;
  /** Words that a row has. */
  text: string | null;
  /** Which runs have rows: also those that deployed nothing, or those that deploy. */
  runs: Runs | null;
  /** How the history is told: as stories, as of some time ago, or run by run. */
  view: HistoryView | null;
  /** The version that is looked for in what was. */
  version: string | null;
  /** The instant that is looked back to, epoch ms. */
  at: number | null;
  /** 0-based. */
  page: number;
  /** The id of an execution. */
  execution: string | null;
}

/** How the history may be told but run by run. */
const VIEWS = ['stories', 'past'] as const;

/** A way to tell the history but run by run. */
export type HistoryView = (typeof VIEWS)[number];

/** The address of everything: nothing is filtered. */
export const NO_FILTERS = { environment: null, status: null, region: null, text: null } as const;

/** Whether the rows are filtered. */
export function isFiltered(params: HistoryParams): boolean {
  return (Object.keys(NO_FILTERS) as (keyof typeof NO_FILTERS)[]).some(name => params[name] !== null);
}

/** Whether they are by what Harness does not choose by, so that it is looked for in what Harness lists. */
export function isSearched({ region, text }: HistoryParams): boolean {
  return region !== null || text !== null;
}

/**
 * Changes what the address bar says, as a step in the history of the browser that its Back takes back. A correction
 * replaces the step instead.
 */
export type ChangeHistoryParams = (change: Partial<HistoryParams>, options?: { replace: boolean }) => void;

/** What a step in the browser's history knows that opened the details of a run. */
const OPENED_HERE = { openedHere: true };

function wasOpenedHere(state: unknown): boolean {
  return typeof state === 'object' && state !== null && 'openedHere' in state;
}

function readInstant(text: string | null): number | null {
  const instant = Date.parse(text ?? '');
  return Number.isNaN(instant) ? null : instant;
}

function readPage(text: string | null): number {
  const page = Number(text ?? 1);
  return Number.isInteger(page) && page > 1 ? page - 1 : 0;
}

/** The address with other parameters; what else stands in it stays. */
function written(search: URLSearchParams, { page, at, ...params }: HistoryParams): URLSearchParams {
  const next = new URLSearchParams(search);
  const values = {
    ...params,
    at: at === null ? null : new Date(at).toISOString(),
    page: page > 0 ? String(page + 1) : null,
  };
  for (const [name, value] of Object.entries(values)) {
    if (value === null) next.delete(name);
    else next.set(name, value);
  }
  return next;
}

/** Reads and writes {@link HistoryParams}, so that a view of the history can be linked to. Pages count from 1 there. */
export function useHistoryParams() {
  const [search, setSearch] = useSearchParams();
  const navigate = useNavigate();
  const { state } = useLocation();
  const status = search.get('status');
  const params: HistoryParams = {
    environment: search.get('environment'),
    status: isStatusFilter(status) ? status : null,
    region: search.get('region'),
    text: search.get('text'),
    runs: search.get('runs') === 'all' ? 'all' : null,
    view: VIEWS.find(view => view === search.get('view')) ?? null,
    version: search.get('version'),
    at: readInstant(search.get('at')),
    page: readPage(search.get('page')),
    execution: search.get('execution'),
  };
  const change: ChangeHistoryParams = (changes, { replace } = { replace: false }) =>
    setSearch(previous => written(previous, { ...params, ...changes }), {
      replace,
      state: changes.execution ? OPENED_HERE : null,
    });
  // Details that were opened from the list lead back to it; those of a link never were in front of one.
  const closeDetails = () => (wasOpenedHere(state) ? navigate(-1) : change({ execution: null }, { replace: true }));
  return { params, change, closeDetails };
}
