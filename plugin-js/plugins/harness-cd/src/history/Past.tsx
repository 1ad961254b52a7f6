import { useState } from 'react';
import { fromAbsolute, getLocalTimeZone } from '@internationalized/date';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { DatePicker } from '@backstage/ui';
import { ProductionNews, ReleaseStops, RunningAt } from '../release/LookBack';
import release from '../release/release.module.css';
import { FindField } from '../shared/FindField';
import layout from '../shared/layout.module.css';
import { harnessCdTranslationRef } from '../translation';
import { ExecutionDialog } from './ExecutionDialog';
import type { HistoryViewProps } from './History';
import type { HistoryParams } from './useHistoryParams';
import { useHrefOfRun } from './useHrefOfRun';

const MINUTE_MS = 60_000;
const WEEK_MS = 7 * 24 * 60 * MINUTE_MS;

/** The instant that is looked back to; where nothing is said, a week before one began to look, to the minute. */
function useInstant({ at }: HistoryParams): number {
  const [aWeekAgo] = useState(() => Math.floor((Date.now() - WEEK_MS) / MINUTE_MS) * MINUTE_MS);
  return at ?? aWeekAgo;
}

/** What is looked back for: a version, and an instant. */
export function PastFilters({ params, onChange }: Pick<HistoryViewProps, 'params' | 'onChange'>) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const instant = useInstant(params);
  return (
    <div className={layout.filters}>
      <FindField
        label={t('release.version')}
        example={t('release.versionExample')}
        text={params.version}
        onFind={(version, options) => onChange({ version }, options)}
      />
      <DatePicker
        label={t('release.instant')}
        granularity="minute"
        hideTimeZone
        value={fromAbsolute(instant, getLocalTimeZone())}
        onChange={value => onChange({ at: value ? value.toDate(getLocalTimeZone()).getTime() : null })}
      />
    </div>
  );
}

/** The history as of some time ago: where a version has been, what ran then, and what production got since. */
export function Past({ params, closeDetails }: HistoryViewProps) {
  const instant = useInstant(params);
  const { version } = params;
  const hrefOf = useHrefOfRun();
  return (
    <>
      <div className={release.answers}>
        {version !== null && <ReleaseStops version={version} hrefOf={hrefOf} />}
        <RunningAt instant={instant} hrefOf={hrefOf} />
        <ProductionNews since={instant} hrefOf={hrefOf} />
      </div>
      <ExecutionDialog executionId={params.execution} deployment={undefined} onClose={closeDetails} />
    </>
  );
}
