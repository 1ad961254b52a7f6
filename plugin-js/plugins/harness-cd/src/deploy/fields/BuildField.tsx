import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Select, TextField } from '@backstage/ui';
import { harnessCdTranslationRef } from '../../translation';
import type { Members } from '../inputs';
import styles from './fields.module.css';
import { useInputProps, type FieldOf } from './useInputProps';

/** The kinds of a build, each by the member of a request that gives it. */
const KINDS = ['branch', 'tag', 'number', 'commitSha'] as const;

/** What to build: a branch, a tag, a pull request or a commit. */
export function BuildField(props: FieldOf<Members>) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const { form, input, entry } = props;
  const { label, description, isRequired, ...inputProps } = useInputProps(props);
  const kind = KINDS.find(candidate => candidate in entry) ?? 'branch';
  const text = entry[kind] ?? '';
  return (
    <div className={styles.place}>
      <Select
        label={label}
        description={description}
        isRequired={isRequired}
        size="medium"
        options={KINDS.map(value => ({ value, label: t(`build.${value}`) }))}
        value={kind}
        onChange={chosen => form.changeInput(input.pointer, { [String(chosen)]: text })}
      />
      <TextField
        {...inputProps}
        label={t(`build.${kind}`)}
        isRequired={isRequired}
        autoComplete="off"
        spellCheck="false"
        inputMode={kind === 'number' ? 'numeric' : undefined}
        value={text}
        onChange={value => form.changeInput(input.pointer, { [kind]: value })}
      />
    </div>
  );
}
