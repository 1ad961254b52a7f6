import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Select } from '@backstage/ui';
import { harnessCdTranslationRef } from '../../translation';
import { useInputProps, type FieldOf } from './useInputProps';

interface Props extends FieldOf<string | string[]> {
  choices: string[];
}

/** An input that takes one of the values that the pipeline allows, or several. */
export function ChoiceField(props: Props) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const { form, input, entry, choices } = props;
  const inputProps = useInputProps(props);
  const common = {
    ...inputProps,
    size: 'medium' as const,
    options: [...new Set(choices)].map(value => ({ value, label: value })),
  };
  return input.selectMany ? (
    <Select
      {...common}
      selectionMode="multiple"
      placeholder={t('input.chooseSeveral')}
      value={[entry].flat()}
      onChange={chosen => form.changeInput(input.pointer, chosen.map(String))}
    />
  ) : (
    <Select
      {...common}
      placeholder={t('input.choose')}
      value={String(entry)}
      onChange={chosen => form.changeInput(input.pointer, String(chosen ?? ''))}
    />
  );
}
