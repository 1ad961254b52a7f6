import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Select } from '@backstage/ui';
import { harnessCdTranslationRef } from '../translation';
import styles from './history.module.css';

const ALL = '';

/** The choice among an entity's pipelines; nothing where there is none to choose from. */
export function PipelineSelect(props: {
  labels: string[];
  chosen: string | undefined;
  /** Whether all of them together can be chosen; the first is, where not. */
  hasAll?: boolean;
  onChoose: (label: string | undefined) => void;
}) {
  const { labels, chosen, hasAll, onChoose } = props;
  const { t } = useTranslationRef(harnessCdTranslationRef);
  if (labels.length < 2) return null;
  const all = hasAll ? [{ value: ALL, label: t('pipeline.all') }] : [];
  return (
    <Select
      className={styles.pipelines}
      size="small"
      aria-label={t('pipeline.label')}
      options={[...all, ...labels.map(label => ({ value: label, label }))]}
      value={chosen ?? (hasAll ? ALL : labels[0])}
      onChange={value => onChoose(value ? String(value) : undefined)}
    />
  );
}
