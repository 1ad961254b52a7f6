import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Text } from '@backstage/ui';
import { type MetricsGroup, MIN_FOR_MEDIAN, MIN_FOR_RATE, type Spread } from 'backstage-plugin-harness-cd-common';
import { SecondaryText } from '../shared/SecondaryText';
import { formatDuration } from '../shared/time/format';
import { useLocale } from '../shared/useLocale';
import { harnessCdTranslationRef } from '../translation';
import styles from './metrics.module.css';

function Figure({ name, value, basis }: { name: string; value: string | undefined; basis: string }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  return (
    <div className={styles.figure}>
      <dt>
        <SecondaryText as="span" variant="body-small">
          {name}
        </SecondaryText>
      </dt>
      <dd>
        <Text as="span" variant="title-small" weight="bold">
          {value ?? t('unknown')}
        </Text>
        <SecondaryText as="span" variant="body-small">
          {basis}
        </SecondaryText>
      </dd>
    </div>
  );
}

/** The four measures, each with the number that it was taken of; of too few none is told, and why is. */
export function KeyFigures({ group }: { group: MetricsGroup }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const locale = useLocale();
  const number = (value: number | undefined, options: Intl.NumberFormatOptions) =>
    value === undefined ? undefined : new Intl.NumberFormat(locale, options).format(value);
  const median = ({ p50Ms }: Spread) => (p50Ms === undefined ? undefined : formatDuration(p50Ms, locale));
  const basisOf = (n: number, least: number) =>
    n < least ? t('metrics.tooFew', { count: n, least: String(least) }) : t('metrics.of', { count: n });
  const { deployments, failed, leadTime, timeToRestore, unrestored } = group;
  return (
    <dl className={styles.figures}>
      <Figure
        name={t('metrics.frequency')}
        value={number(group.perWeek, { maximumFractionDigits: 1 })}
        basis={t('metrics.of', { count: group.succeeded })}
      />
      <Figure
        name={t('metrics.failureRate')}
        value={number(group.changeFailureRate, { style: 'percent', maximumFractionDigits: 0 })}
        basis={
          deployments < MIN_FOR_RATE
            ? basisOf(deployments, MIN_FOR_RATE)
            : t('metrics.failed', { count: deployments, failed: String(failed) })
        }
      />
      <Figure name={t('metrics.leadTime')} value={median(leadTime)} basis={basisOf(leadTime.n, MIN_FOR_MEDIAN)} />
      <Figure
        name={t('metrics.timeToRestore')}
        value={median(timeToRestore)}
        basis={
          unrestored > 0
            ? `${basisOf(timeToRestore.n, MIN_FOR_MEDIAN)} · ${t('metrics.unrestored', { count: unrestored })}`
            : basisOf(timeToRestore.n, MIN_FOR_MEDIAN)
        }
      />
    </dl>
  );
}
