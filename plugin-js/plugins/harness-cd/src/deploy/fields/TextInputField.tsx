import { TextField } from '@backstage/ui';
import type { InputKind } from 'backstage-plugin-harness-cd-common';
import { useInputProps, type FieldOf } from './useInputProps';

/** The keyboard of a phone. */
const INPUT_MODES: Partial<Record<InputKind, 'decimal' | 'numeric'>> = { number: 'decimal', wholeNumber: 'numeric' };

/** An input that takes a text; `hint` stands in the place of what is known of its values. */
export function TextInputField(props: FieldOf<string> & { hint?: string }) {
  const { form, input, entry, isFirst, hint } = props;
  const { description, ...inputProps } = useInputProps(props);
  return (
    <TextField
      {...inputProps}
      description={hint ?? description}
      // eslint-disable-next-line jsx-a11y/no-autofocus
      autoFocus={isFirst}
      autoComplete="off"
      spellCheck="false"
      inputMode={INPUT_MODES[input.kind]}
      placeholder={input.default}
      value={entry}
      onChange={text => form.changeInput(input.pointer, text)}
    />
  );
}
