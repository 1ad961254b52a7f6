import { useId } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { TextField } from '@backstage/ui';
import type { RuntimeInput } from 'backstage-plugin-harness-cd-common';
import { SecondaryText } from '../../shared/SecondaryText';
import { harnessCdTranslationRef } from '../../translation';
import { isCleared } from '../inputs';
import { ChoiceField } from './ChoiceField';
import { SwitchField } from './SwitchField';
import { useInputProps, type InputFieldProps } from './useInputProps';

interface Props extends InputFieldProps {
  /** Whether the dialog starts here. */
  isFirst: boolean;
}

function TextInputField(props: Props) {
  const { form, input, entry, isFirst } = props;
  const inputProps = useInputProps(props);
  return (
    <TextField
      {...inputProps}
      // eslint-disable-next-line jsx-a11y/no-autofocus
      autoFocus={isFirst}
      autoComplete="off"
      spellCheck="false"
      inputMode={input.kind === 'number' ? 'decimal' : undefined}
      placeholder={input.default}
      value={String(entry)}
      onChange={text => form.changeInput(input.pointer, text)}
    />
  );
}

/** Whether there is a list to choose from. What an expression yields is none. */
function hasChoices({ allowedValues }: RuntimeInput): boolean {
  return allowedValues !== undefined && !allowedValues.some(value => value.includes('<+'));
}

function Field(props: Props) {
  if (props.input.kind === 'boolean') return <SwitchField {...props} />;
  if (hasChoices(props.input)) return <ChoiceField {...props} />;
  return <TextInputField {...props} />;
}

/** The field for an input of the pipeline; of one that was cleared, it names the default that is used. */
export function InputField(props: Props) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const { form, input } = props;
  const id = useId();
  const value = input.defaultValues?.join(', ') ?? input.default;
  const isDefaultUsed = value !== undefined && isCleared(input, form.draft.inputs);
  return (
    <>
      <Field {...props} defaultId={isDefaultUsed ? id : undefined} />
      {isDefaultUsed && (
        <SecondaryText as="p" variant="body-small" id={id}>
          {t('input.defaultUsed', { value })}
        </SecondaryText>
      )}
    </>
  );
}
