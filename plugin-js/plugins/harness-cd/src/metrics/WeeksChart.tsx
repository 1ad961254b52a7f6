import { useEffect, useRef } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { BarChart } from 'chartist';
import { harnessCdTranslationRef } from '../translation';
import styles from './metrics.module.css';
import { useWeekName } from './useWeekName';
import type { Week } from './weeks';

/** So many names of weeks have room on a narrow page. */
const NAMES = 6;

/** Deployments of each week, in the colours of the theme. */
export function WeeksChart({ weeks }: { weeks: Week[] }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const weekName = useWeekName();
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const every = Math.ceil(weeks.length / NAMES);
    const chart = new BarChart(
      place.current,
      {
        labels: weeks.map(({ monday }, index) => (index % every === 0 ? weekName(monday) : '')),
        series: [
          { className: styles.succeeded, data: weeks.map(({ succeeded }) => succeeded) },
          { className: styles.failed, data: weeks.map(({ failed }) => failed) },
        ],
      },
      {
        stackBars: true,
        axisX: { showGrid: false },
        axisY: { onlyInteger: true, offset: 24 },
        chartPadding: { top: 16, right: 0, bottom: 0, left: 0 },
      },
    );
    // The library itself looks at the window alone, and what stands beside the chart changes its width as well.
    const observer = new ResizeObserver(() => chart.update());
    if (place.current) observer.observe(place.current);
    return () => {
      observer.disconnect();
      chart.detach();
    };
  });
  return (
    <>
      <div ref={place} className={styles.bars} />
      <div className={styles.legend}>
        <span className={styles.succeeded}>{t('filter.succeeded')}</span>
        <span className={styles.failed}>{t('filter.failed')}</span>
      </div>
    </>
  );
}
