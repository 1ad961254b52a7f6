import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Select } from '@backstage/ui';
import type { DeployRules } from 'backstage-plugin-harness-cd-common';
import { useDeployTarget } from '../deploy/useDeployTarget';
import { harnessCdTranslationRef } from '../translation';
import { isStatusFilter, STATUS_FILTERS } from './statusFilter';
import type { ChangeHistoryParams, HistoryParams } from './useHistoryParams';
import styles from './history.module.css';

const ALL = 'all';

function environmentOptions(rules: DeployRules | undefined, chosen: string | null) {
  const known = rules?.environments.map(({ identifier, name }) => ({ value: identifier, label: name })) ?? [];
  // A linked filter stays visible also where the platform description does not know its environment.
  const isUnknown = chosen !== null && !known.some(({ value }) => value === chosen);
  return isUnknown ? [...known, { value: chosen, label: chosen }] : known;
}

/** What the history is narrowed to. */
export function HistoryFilters({ params, onChange }: { params: HistoryParams; onChange: ChangeHistoryParams }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const rules = useDeployTarget().data?.rules;
  const all = { value: ALL, label: t('filter.all') };
  return (
    <div className={styles.filters}>
      <Select
        className={styles.filter}
        label={t('filter.environment')}
        options={[all, ...environmentOptions(rules, params.environment)]}
        value={params.environment ?? ALL}
        onChange={value => onChange({ environment: value === ALL ? null : String(value), page: 0 })}
      />
      <Select
        className={styles.filter}
        label={t('filter.status')}
        options={[all, ...STATUS_FILTERS.map(value => ({ value, label: t(`filter.${value}`) }))]}
        value={params.status ?? ALL}
        onChange={value => {
          const status = String(value);
          onChange({ status: isStatusFilter(status) ? status : null, page: 0 });
        }}
      />
    </div>
  );
}
