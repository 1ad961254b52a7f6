import { useLocale } from '../shared/useLocale';

/** What a week is called: the day and month of its Monday, which is one of UTC. */
export function useWeekName(): (monday: number) => string {
  const locale = useLocale();
  const format = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', timeZone: 'UTC' });
  return monday => format.format(monday);
}
