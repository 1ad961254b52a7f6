import { useSearchParams } from 'react-router-dom';
import type { FleetPart } from 'backstage-plugin-harness-cd-common';

/** What of the fleet is listed: what goes on, waits or failed, or all of it. */
export const SHOWN = ['all', 'running', 'waiting', 'failed'] as const;
export type Shown = (typeof SHOWN)[number];

/** How far back what has ended is listed; the day of today first. */
export const PERIODS = ['today', 'week', 'month', 'ever'] as const;
export type Period = (typeof PERIODS)[number];

/** Of what the list and the matrix are narrowed to: references of the catalog, and what Harness calls places. */
const FILTERS = ['owner', 'system', 'domain', 'environment', 'region', 'text'] as const;
export type FleetFilter = (typeof FILTERS)[number];

/** What the address bar says about the page. */
export type FleetParams = Record<FleetFilter, string | null> & {
  shown: Shown;
  period: Period;
  /** Whether it is told what runs where, in place of a list. */
  view: 'matrix' | null;
};

/** Changes what the address bar says, as a step that Back takes back; a correction replaces the step instead. */
export type ChangeFleetParams = (change: Partial<FleetParams>, options?: { replace: boolean }) => void;

/** The address of everything: nothing is filtered. */
export const NO_FLEET_FILTERS = Object.fromEntries(FILTERS.map(name => [name, null])) as Record<FleetFilter, null>;

function oneOf<T extends string>(values: readonly T[], text: string | null): T {
  return values.find(value => value === text) ?? values[0];
}

/** Whether anything is filtered. */
export function isFleetFiltered(params: FleetParams): boolean {
  return FILTERS.some(name => params[name] !== null);
}

/** Of which entities it is told. */
export function partOf({ owner, system, domain }: FleetParams): FleetPart {
  return { owner: owner ?? undefined, system: system ?? undefined, domain: domain ?? undefined };
}

function read(search: URLSearchParams): FleetParams {
  const filters = Object.fromEntries(FILTERS.map(name => [name, search.get(name)])) as Record<
    FleetFilter,
    string | null
  >;
  return {
    ...filters,
    shown: oneOf(SHOWN, search.get('shown')),
    period: oneOf(PERIODS, search.get('period')),
    view: search.get('view') === 'matrix' ? 'matrix' : null,
  };
}

/** What the address says; not what is so where nothing is said. */
function written({ shown, period, ...params }: FleetParams): URLSearchParams {
  const said = {
    ...params,
    shown: shown === SHOWN[0] ? null : shown,
    period: period === PERIODS[0] ? null : period,
  };
  return new URLSearchParams(Object.entries(said).filter((entry): entry is [string, string] => entry[1] !== null));
}

/** Reads and writes {@link FleetParams}, so that a view of the fleet can be linked to. */
export function useFleetParams() {
  const [search, setSearch] = useSearchParams();
  const params = read(search);
  const change: ChangeFleetParams = (changes, { replace } = { replace: false }) =>
    setSearch(previous => written({ ...read(previous), ...changes }), { replace });
  return { params, change, search: written(params).toString(), open: (view: string) => setSearch(view) };
}
