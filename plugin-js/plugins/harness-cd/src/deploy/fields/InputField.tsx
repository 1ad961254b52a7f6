import { memo, useId } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { SecondaryText } from '../../shared/SecondaryText';
import { harnessCdTranslationRef } from '../../translation';
import { choicesOf, fieldOfInput, isCleared, isMembers, isStructure, savedText } from '../inputs';
import { chosenIn } from '../useDeployForm';
import { ArtifactTagField } from './ArtifactTagField';
import { BuildField } from './BuildField';
import { ChoiceField } from './ChoiceField';
import { HarnessChoiceField } from './HarnessChoiceField';
import { NamesField } from './NamesField';
import { SourcesField } from './SourcesField';
import { SwitchField } from './SwitchField';
import { TextInputField } from './TextInputField';
import { YamlField } from './YamlField';
import type { InputFieldProps } from './useInputProps';

function Field({ entry, ...props }: InputFieldProps) {
  const { input } = props;
  if (input.shape === 'build' || input.shape === 'sources') {
    const FieldOfMembers = input.shape === 'build' ? BuildField : SourcesField;
    return <FieldOfMembers {...props} entry={isMembers(entry) ? entry : {}} />;
  }
  if (isMembers(entry)) return null;
  if (input.choices?.of === 'tag') return <ArtifactTagField {...props} entry={String(entry)} />;
  if (input.choices) return <HarnessChoiceField {...props} entry={entry} />;
  if (isStructure(input)) return <YamlField {...props} entry={String(entry)} />;
  if (input.shape !== undefined) return <NamesField {...props} entry={[entry].flat()} />;
  if (input.kind === 'boolean' && input.default !== undefined) return <SwitchField {...props} entry={String(entry)} />;
  const choices = choicesOf(input);
  if (choices) return <ChoiceField {...props} entry={entry} choices={choices} />;
  return <TextInputField {...props} entry={String(entry)} />;
}

/** All that a field shows of the form. */
function shownOf({ form, input, entry, isFirst }: InputFieldProps): unknown[] {
  const isGiven = form.draft.inputs[input.pointer] !== undefined;
  const within = chosenIn(form, input.choices?.withinInput);
  const source = chosenIn(form, input.choices?.sourceInput);
  const saved = form.saved[input.pointer];
  return [entry, isFirst, isGiven, within, source, saved, form.errorsOf(fieldOfInput(input))];
}

/** Whether two things are the same, or say the same. */
function isAlike(one: unknown, other: unknown): boolean {
  return one === other || (typeof one === 'object' && JSON.stringify(one) === JSON.stringify(other));
}

/**
 * The field for an input of the pipeline; of one that was cleared, it names the default that is used. In a form of very
 * many, a key press shows one field again.
 */
export const InputField = memo(InputFieldOf, (before, after) => {
  if (before.input !== after.input) return false;
  const shownBefore = shownOf(before);
  return shownOf(after).every((part, index) => isAlike(part, shownBefore[index]));
});

function InputFieldOf(props: InputFieldProps) {
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
