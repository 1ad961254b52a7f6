import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Select } from '@backstage/ui';
import { useDeployTarget } from '../deploy/useDeployTarget';
import { FindField } from '../shared/FindField';
import { useSeenDeployments } from '../shared/useDeployments';
import layout from '../shared/layout.module.css';
import { harnessCdTranslationRef } from '../translation';
import { isStatusFilter, STATUS_FILTERS } from './statusFilter';
import type { ChangeHistoryParams, HistoryParams } from './useHistoryParams';

const ALL = 'all';

type Named = [value: string | null | undefined, label?: string | null];

/** What there is to choose from, each once, under the first name that it has. */
function optionsOf(...all: Named[]): { value: string; label: string }[] {
  const options = new Map<string, string>();
  for (const [value, label] of all) if (value && !options.has(value)) options.set(value, label ?? value);
  return [...options].map(([value, label]) => ({ value, label }));
}

/** The places of the service, those of the rows so far, and the one that a link names: whatever is known of them. */
function usePlaces({ environment, region }: HistoryParams) {
  const environments = useDeployTarget().data?.rules?.environments ?? [];
  const rows = useSeenDeployments();
  return {
    environments: optionsOf(
      ...environments.map(({ identifier, name }): Named => [identifier, name]),
      ...rows.map((row): Named => [row.environment, row.environmentName]),
      [environment],
    ),
    regions: optionsOf(
      ...environments.flatMap(({ regions }) => regions.map((name): Named => [name])),
      ...rows.map((row): Named => [row.region]),
      [region],
    ),
  };
}

/** What the history is narrowed to. */
export function HistoryFilters({ params, onChange }: { params: HistoryParams; onChange: ChangeHistoryParams }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const { environments, regions } = usePlaces(params);
  const all = { value: ALL, label: t('filter.all') };
  return (
    <div className={layout.filters}>
      <FindField
        label={t('filter.text')}
        example={t('filter.textExample')}
        text={params.text}
        onFind={(text, options) => onChange({ text, page: 0 }, options)}
      />
      <Select
        className={layout.filter}
        label={t('filter.environment')}
        options={[all, ...environments]}
        value={params.environment ?? ALL}
        onChange={value => onChange({ environment: value === ALL ? null : String(value), page: 0 })}
      />
      {regions.length > 0 && (
        <Select
          className={layout.filter}
          label={t('filter.region')}
          options={[all, ...regions]}
          value={params.region ?? ALL}
          onChange={value => onChange({ region: value === ALL ? null : String(value), page: 0 })}
        />
      )}
      <Select
        className={layout.filter}
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
