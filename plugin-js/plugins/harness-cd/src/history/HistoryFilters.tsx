import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Select } from '@backstage/ui';
import type { Deployment, DeployRules } from 'backstage-plugin-harness-cd-common';
import { useDeployTarget } from '../deploy/useDeployTarget';
import { harnessCdTranslationRef } from '../translation';
import { isStatusFilter, STATUS_FILTERS } from './statusFilter';
import type { ChangeHistoryParams, HistoryParams } from './useHistoryParams';
import styles from './history.module.css';

const ALL = 'all';

/** The environments of the service, those of the rows, and the one that a link names: whatever is known of them. */
function environmentOptions(rules: DeployRules | undefined, deployments: Deployment[], chosen: string | null) {
  const options = new Map<string, string>();
  const add = (value: string | null | undefined, label: string | null | undefined) => {
    if (value && !options.has(value)) options.set(value, label ?? value);
  };
  rules?.environments.forEach(({ identifier, name }) => add(identifier, name));
  deployments.forEach(({ environment, environmentName }) => add(environment, environmentName));
  add(chosen, chosen);
  return [...options].map(([value, label]) => ({ value, label }));
}

/** What the history is narrowed to. */
export function HistoryFilters(props: {
  params: HistoryParams;
  /** The rows, as far as they are known. */
  deployments: Deployment[] | undefined;
  onChange: ChangeHistoryParams;
}) {
  const { params, deployments = [], onChange } = props;
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const rules = useDeployTarget().data?.rules;
  const all = { value: ALL, label: t('filter.all') };
  return (
    <div className={styles.filters}>
      <Select
        className={styles.filter}
        label={t('filter.environment')}
        options={[all, ...environmentOptions(rules, deployments, params.environment)]}
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
