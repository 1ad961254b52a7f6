import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { TextAreaField } from '@backstage/ui';
import { harnessCdTranslationRef } from '../../translation';
import { useInputProps, type FieldOf } from './useInputProps';

/** An input that takes a list of names or texts. */
export function NamesField(props: FieldOf<string[]> & { hint?: string }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const { form, input, entry, hint } = props;
  const { description, ...inputProps } = useInputProps(props);
  return (
    <TextAreaField
      {...inputProps}
      description={[hint ?? description, t('input.onePerLine')].filter(Boolean).join(' ')}
      rows={2}
      spellCheck="false"
      value={entry.join('\n')}
      onChange={text => form.changeInput(input.pointer, text === '' ? [] : text.split('\n'))}
    />
  );
}
