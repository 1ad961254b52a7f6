import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Container, Flex } from '@backstage/ui';
import type { FleetDeploymentsQuery } from 'backstage-plugin-harness-cd-common';
import { OneOf } from '../shared/OneOf';
import { NoMatch } from '../shared/states/NoMatch';
import shared from '../shared/shared.module.css';
import { harnessCdTranslationRef } from '../translation';
import styles from './fleet.module.css';
import { FleetFilters } from './FleetFilters';
import { FleetDeployments } from './FleetList';
import { FleetMatrix } from './FleetMatrix';
import { SavedViews } from './SavedViews';
import { useFleetDeployments } from './useFleet';
import {
  type ChangeFleetParams,
  type FleetParams,
  isFleetFiltered,
  NO_FLEET_FILTERS,
  partOf,
  type Period,
  type Shown,
  SHOWN,
  useFleetParams,
} from './useFleetParams';

const DAYS_BACK: Record<Exclude<Period, 'ever'>, number> = { today: 0, week: 7, month: 30 };

/** When a period began: at a midnight of the reader's zone, so that it is the same all day. */
function beginOf(period: Period): number | undefined {
  if (period === 'ever') return undefined;
  const day = new Date();
  day.setHours(0, 0, 0, 0);
  day.setDate(day.getDate() - DAYS_BACK[period]);
  return day.getTime();
}

function queryOf(params: FleetParams): FleetDeploymentsQuery {
  const { shown, period, environment, region, text } = params;
  return {
    ...partOf(params),
    status: shown === 'all' ? undefined : [shown],
    environment: environment ?? undefined,
    region: region ?? undefined,
    text: text ?? undefined,
    fromMs: beginOf(period),
  };
}

/** What is listed, each with how many there are. */
function ShownChoice(props: { params: FleetParams; onChange: ChangeFleetParams; query: FleetDeploymentsQuery }) {
  const { params, onChange, query } = props;
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const counts = useFleetDeployments(query).data?.pages[0].counts;
  const labelOf = (shown: Shown) => {
    const name = t(`filter.${shown}`);
    const count = shown === 'all' ? undefined : counts?.[shown];
    return count === undefined ? name : t('fleet.count', { name, count });
  };
  return (
    <OneOf
      label={t('fleet.show')}
      options={SHOWN.map(value => ({ value, label: labelOf(value) }))}
      value={params.shown}
      onChoose={shown => onChange({ shown })}
    />
  );
}

function ViewChoice({ params, onChange }: { params: FleetParams; onChange: ChangeFleetParams }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  return (
    <OneOf
      label={t('fleet.view')}
      options={[
        { value: 'list', label: t('fleet.list') },
        { value: 'matrix', label: t('matrix.title') },
      ]}
      value={params.view ?? 'list'}
      onChoose={view => onChange({ view: view === 'list' ? null : view })}
    />
  );
}

/**
 * The page "Deployments" of a portal: what of everything that the reader may see runs, waits or failed, and what runs
 * where. What it shows stands in the address.
 *
 * @public
 */
export function FleetPage() {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const { params, change, search, open } = useFleetParams();
  const query = queryOf(params);
  const clear = () => change(NO_FLEET_FILTERS);
  return (
    <Container className={shared.surface} role="region" aria-label={t('title')}>
      <Flex direction="column" gap="4" py="4">
        <Flex justify="between" align="center" className={styles.tools}>
          {params.view === null ? <ShownChoice params={params} onChange={change} query={query} /> : <div />}
          <Flex align="center" gap="3" className={styles.tools}>
            <SavedViews search={search} onOpen={open} />
            <ViewChoice params={params} onChange={change} />
          </Flex>
        </Flex>
        <FleetFilters params={params} onChange={change} />
        {params.view === 'matrix' ? (
          <FleetMatrix part={partOf(params)} environment={params.environment} />
        ) : (
          <FleetDeployments
            query={query}
            emptyState={isFleetFiltered(params) ? <NoMatch onClear={clear} /> : undefined}
          />
        )}
      </Flex>
    </Container>
  );
}
