import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Select } from '@backstage/ui';
import type { Option } from '../../shared/options';
import { harnessCdTranslationRef } from '../../translation';
import { useInputProps, type FieldOf } from './useInputProps';

/** A select for an input that takes one of its options, or several. */
export function ChosenField(
  props: FieldOf<string | string[]> & {
    description: string | undefined;
    options: Option[];
    takesSeveral: boolean;
    /** The search of who finds the options; absent where all of them are there. */
    search?: { text: string; onChange: (text: string) => void };
  },
) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const { form, input, entry, description, options, takesSeveral, search } = props;
  const inputProps = useInputProps(props);
  const common = {
    ...inputProps,
    description,
    size: 'medium' as const,
    options,
    ...(search && { search: { mode: 'server' as const, inputValue: search.text, onInputChange: search.onChange } }),
  };
  return takesSeveral ? (
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
