import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { useLocale } from '../shared/useLocale';
import { harnessCdTranslationRef } from '../translation';
import styles from './metrics.module.css';
import { useWeekName } from './useWeekName';
import type { Week } from './weeks';

/** What the chart shows, as a table. */
export function WeeksTable({ weeks }: { weeks: Week[] }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const locale = useLocale();
  const weekName = useWeekName();
  const number = (value: number) => new Intl.NumberFormat(locale).format(value);
  return (
    <table className={styles.weeks} aria-label={t('metrics.weeks')}>
      <thead>
        <tr>
          <th scope="col">{t('metrics.week')}</th>
          <th scope="col">{t('filter.succeeded')}</th>
          <th scope="col">{t('filter.failed')}</th>
        </tr>
      </thead>
      <tbody>
        {weeks.map(({ monday, succeeded, failed }) => (
          <tr key={monday}>
            <th scope="row">{weekName(monday)}</th>
            <td>{number(succeeded)}</td>
            <td>{number(failed)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
