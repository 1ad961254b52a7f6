import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Select } from '@backstage/ui';
import type { FleetService } from 'backstage-plugin-harness-cd-common';
import { FindField } from '../shared/FindField';
import layout from '../shared/layout.module.css';
import { harnessCdTranslationRef } from '../translation';
import { nameOfRef, type Option, useCatalogOptions } from './useCatalogOptions';
import { type ChangeFleetParams, type FleetFilter, type FleetParams, PERIODS } from './useFleetParams';

const ALL = 'all';

/** The places of all services, each once. */
function placesOf(services: FleetService[]): Record<'environment' | 'region', Option[]> {
  const environments = new Map<string, string>();
  const regions = new Set<string>();
  for (const { matrix } of services) {
    for (const { environment, environmentName, regions: cells } of matrix.environments) {
      environments.set(environment, environmentName ?? environment);
      cells.forEach(({ region }) => region !== undefined && regions.add(region));
    }
  }
  return {
    environment: [...environments].map(([value, label]) => ({ value, label })),
    region: [...regions].sort().map(value => ({ value, label: value })),
  };
}

/** A choice of one or all; what a link names can be chosen, whether it is known or not. */
function Choice(props: {
  label: string;
  options: Option[];
  value: string | null;
  onChoose: (value: string | null) => void;
}) {
  const { label, options, value, onChoose } = props;
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const isKnown = value === null || options.some(option => option.value === value);
  const named = isKnown ? [] : [{ value, label: nameOfRef(value) }];
  if (options.length + named.length === 0) return null;
  return (
    <Select
      className={layout.filter}
      label={label}
      searchable={options.length > 10}
      options={[{ value: ALL, label: t('filter.all') }, ...options, ...named]}
      value={value ?? ALL}
      onChange={chosen => onChoose(chosen === ALL ? null : String(chosen))}
    />
  );
}

/** What the fleet is narrowed to. */
export function FleetFilters(props: { params: FleetParams; onChange: ChangeFleetParams; services: FleetService[] }) {
  const { params, onChange, services } = props;
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const catalog = useCatalogOptions();
  const places = placesOf(services);
  const choice = (name: FleetFilter, label: string, options: Option[]) => (
    <Choice label={label} options={options} value={params[name]} onChoose={value => onChange({ [name]: value })} />
  );
  const isList = params.view === null;
  return (
    <div className={layout.filters}>
      {isList && (
        <FindField
          label={t('filter.text')}
          example={t('filter.textExample')}
          text={params.text}
          onFind={text => onChange({ text }, { replace: params.text !== null && text !== null })}
        />
      )}
      {choice('owner', t('fleet.owner'), catalog.owner)}
      {choice('system', t('fleet.system'), catalog.system)}
      {choice('domain', t('fleet.domain'), catalog.domain)}
      {choice('environment', t('filter.environment'), places.environment)}
      {isList && choice('region', t('filter.region'), places.region)}
      {isList && (
        <Select
          className={layout.filter}
          label={t('fleet.period')}
          options={PERIODS.map(value => ({ value, label: t(`fleet.periods.${value}`) }))}
          value={params.period}
          onChange={value => onChange({ period: PERIODS.find(period => period === value) })}
        />
      )}
    </div>
  );
}
