import { lazy, Suspense } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Flex, Skeleton, Text } from '@backstage/ui';
import type { Dimension, MetricsGroup } from 'backstage-plugin-harness-cd-common';
import shared from '../shared/shared.module.css';
import { RetryButton } from '../shared/states/RetryButton';
import { harnessCdTranslationRef } from '../translation';
import { KeyFigures } from './KeyFigures';
import styles from './metrics.module.css';
import { useDeliveryMetrics } from './useDeliveryMetrics';
import { WeeksTable } from './WeeksTable';
import { weeksOf, type Week } from './weeks';

const WEEKLY: Dimension[] = ['week'];

// A page that shows no trend need not load what draws it.
const WeeksChart = lazy(() => import('./WeeksChart').then(({ WeeksChart: chart }) => ({ default: chart })));

/** What the chart shows, in a sentence. */
function Summary({ weeks }: { weeks: Week[] }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const sum = (figure: 'succeeded' | 'failed') => weeks.reduce((total, week) => total + week[figure], 0);
  const [succeeded, failed] = [sum('succeeded'), sum('failed')];
  return (
    <Text as="p" variant="body-small">
      {t('metrics.summary', {
        count: succeeded + failed,
        failed: String(failed),
        weeks: String(weeks.filter(week => week.succeeded + week.failed > 0).length),
      })}
    </Text>
  );
}

function Trend({ groups }: { groups: MetricsGroup[] }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const weeks = weeksOf(groups);
  return (
    <div className={styles.trend}>
      <Summary weeks={weeks} />
      <div aria-hidden className={styles.chart}>
        <Suspense fallback={<Skeleton width="100%" height="100%" />}>
          <WeeksChart weeks={weeks} />
        </Suspense>
      </div>
      <details className={shared.details}>
        <summary>{t('metrics.asTable')}</summary>
        <WeeksTable weeks={weeks} />
      </details>
    </div>
  );
}

/**
 * How well delivery of the page's entity to production goes: the four measures of the DORA reports, and its weeks.
 * Nothing where nothing was deployed to production lately.
 *
 * @public
 */
export function DeliveryMetrics() {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const whole = useDeliveryMetrics();
  const weekly = useDeliveryMetrics(WEEKLY);
  if (whole.error && !whole.data) {
    return (
      <Flex align="center" gap="3" className={shared.failure}>
        <Text as="p">{t('metrics.failure')}</Text>
        <RetryButton onRetry={whole.refetch} />
      </Flex>
    );
  }
  if (!whole.data) return <Skeleton width="100%" height="6rem" />;
  const group = whole.data.metrics.groups.find(({ deployments, stopped }) => deployments + stopped > 0);
  if (!group) return null;
  return (
    <Flex direction="column" gap="3">
      <Text as="h3" variant="body-large" weight="bold">
        {t('metrics.title')}
      </Text>
      <KeyFigures group={group} />
      {weekly.data && <Trend groups={weekly.data.metrics.groups} />}
    </Flex>
  );
}
