import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Select } from '@backstage/ui';
import { FindField } from '../shared/FindField';
import layout from '../shared/layout.module.css';
import { type Option, withChosen } from '../shared/options';
import { harnessCdTranslationRef } from '../translation';
import { nameOfRef, useCatalogOptions } from './useCatalogOptions';
import { useFleetPlaces } from './useFleet';
import { type ChangeFleetParams, type FleetFilter, type FleetParams, partOf, PERIODS } from './useFleetParams';

const ALL = 'all';

/** A choice of one or all; what a link names can be chosen, whether it is known or not. */
function Choice(props: {
  label: string;
  options: Option[];
  value: string | null;
  onChoose: (value: string | null) => void;
}) {
  const { label, options, value, onChoose } = props;
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const shown = withChosen(options, value === null ? [] : [value], nameOfRef);
  if (shown.length === 0) return null;
  return (
    <Select
      className={layout.filter}
      label={label}
      searchable={options.length > 10}
      options={[{ value: ALL, label: t('filter.all') }, ...shown]}
      value={value ?? ALL}
      onChange={chosen => onChoose(chosen === ALL ? null : String(chosen))}
    />
  );
}

/** What the fleet is narrowed to. */
export function FleetFilters(props: { params: FleetParams; onChange: ChangeFleetParams }) {
  const { params, onChange } = props;
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const catalog = useCatalogOptions();
  const places = useFleetPlaces(partOf(params));
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
          onFind={(text, options) => onChange({ text }, options)}
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
