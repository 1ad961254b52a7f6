import { useId } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { TextField } from '@backstage/ui';
import type { InputKind } from 'backstage-plugin-harness-cd-common';
import { SecondaryText } from '../../shared/SecondaryText';
import { harnessCdTranslationRef } from '../../translation';
import { choicesOf, isCleared, isMembers, savedText } from '../inputs';
import { BuildField } from './BuildField';
import { ChoiceField } from './ChoiceField';
import { NamesField } from './NamesField';
import { SourcesField } from './SourcesField';
import { SwitchField } from './SwitchField';
import { useInputProps, type FieldOf, type InputFieldProps } from './useInputProps';

/** The keyboard of a phone. */
const INPUT_MODES: Partial<Record<InputKind, 'decimal' | 'numeric'>> = { number: 'decimal', wholeNumber: 'numeric' };

function TextInputField(props: FieldOf<string>) {
  const { form, input, entry, isFirst } = props;
  const inputProps = useInputProps(props);
  return (
    <TextField
      {...inputProps}
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

function Field({ entry, ...props }: InputFieldProps) {
  const { input } = props;
  if (input.shape === 'build' || input.shape === 'sources') {
    const FieldOfMembers = input.shape === 'build' ? BuildField : SourcesField;
    return <FieldOfMembers {...props} entry={isMembers(entry) ? entry : {}} />;
  }
  if (isMembers(entry)) return null;
  if (input.shape !== undefined) return <NamesField {...props} entry={[entry].flat()} />;
  if (input.kind === 'boolean' && input.default !== undefined) return <SwitchField {...props} entry={String(entry)} />;
  const choices = choicesOf(input);
  if (choices) return <ChoiceField {...props} entry={entry} choices={choices} />;
  return <TextInputField {...props} entry={String(entry)} />;
}

/** The field for an input of the pipeline; of one that was cleared, it names the default that is used. */
export function InputField(props: InputFieldProps) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const { form, input } = props;
  const id = useId();
  const saved = savedText(form.saved[input.pointer]);
  const value = saved ?? input.defaultValues?.join(', ') ?? input.default;
  const isDefaultUsed = value !== undefined && isCleared(input, form.draft.inputs);
  return (
    <>
      <Field {...props} defaultId={isDefaultUsed ? id : undefined} />
      {isDefaultUsed && (
        <SecondaryText as="p" variant="body-small" id={id}>
          {t(saved === undefined ? 'input.defaultUsed' : 'input.savedUsed', { value })}
        </SecondaryText>
      )}
    </>
  );
}
