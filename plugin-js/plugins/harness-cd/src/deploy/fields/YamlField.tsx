import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { TextAreaField } from '@backstage/ui';
import { harnessCdTranslationRef } from '../../translation';
import { useInputProps, type FieldOf } from './useInputProps';
import styles from './fields.module.css';

/** An input that takes an object or a list of any members, as YAML. Whether it can be read, the backend says. */
export function YamlField(props: FieldOf<string>) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const { form, input, entry, isFirst } = props;
  const { description, ...inputProps } = useInputProps(props);
  const hint = input.kind === 'list' ? t('input.yamlList') : t('input.yamlObject');
  return (
    <TextAreaField
      {...inputProps}
      description={[description, hint].filter(Boolean).join(' ')}
      className={styles.yaml}
      rows={5}
      // eslint-disable-next-line jsx-a11y/no-autofocus
      autoFocus={isFirst}
      autoComplete="off"
      spellCheck="false"
      value={entry}
      onChange={text => form.changeInput(input.pointer, text)}
    />
  );
}
