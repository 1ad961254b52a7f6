import type { StatusGroup } from 'backstage-plugin-harness-cd-common';

/** The choices of the status filter, in the order in which they are offered. */
export const STATUS_FILTERS: readonly StatusGroup[] = ['running', 'waiting', 'succeeded', 'failed', 'stopped'];

/** Whether a text, for example out of the address bar, is a choice of the status filter. */
export function isStatusFilter(text: string | null): text is StatusGroup {
  return STATUS_FILTERS.some(filter => filter === text);
}
