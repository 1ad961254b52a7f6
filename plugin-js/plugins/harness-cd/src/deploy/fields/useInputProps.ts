import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { RuntimeInput } from 'backstage-plugin-harness-cd-common';
import { harnessCdTranslationRef } from '../../translation';
import { fieldOfInput, type InputEntry } from '../inputs';
import type { DeployFormState } from '../useDeployForm';
import { useInputLabel } from '../useInputLabel';
import { useFieldProps } from './useFieldProps';

/** What a field for an input of the pipeline is about, with an entry of the kind that it shows. */
export interface FieldOf<Entry extends InputEntry> {
  form: DeployFormState;
  input: RuntimeInput;
  /** What was given, or else the default. */
  entry: Entry;
  /** Whether the dialog starts here. */
  isFirst: boolean;
  /** The id of the words that name the default, where that takes the place of what was cleared. */
  defaultId?: string;
}

/** What a field for any input of the pipeline is about. */
export type InputFieldProps = FieldOf<InputEntry>;

/** What stands below a field's label: what the pipeline says of the input, and what has to be known of its values. */
export function useInputDescription(input: RuntimeInput): string | undefined {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const { description, type, kind, regex, regexInHarness, allowedValuesExpression } = input;
  const sentences = [
    description,
    type === 'Secret' || type === 'secret' ? t('input.secret') : undefined,
    kind === 'duration' ? t('input.duration') : undefined,
    regexInHarness && regex !== undefined ? t('input.regexInHarness', { pattern: regex }) : undefined,
    allowedValuesExpression === undefined ? undefined : t('input.valuesInHarness'),
  ];
  return sentences.filter(Boolean).join(' ') || undefined;
}

/** What every field for an input of the pipeline has in common. */
export function useInputProps({ form, input, defaultId }: Pick<InputFieldProps, 'form' | 'input' | 'defaultId'>) {
  const labelOf = useInputLabel();
  const fieldProps = useFieldProps(form, fieldOfInput(input), labelOf(input));
  return {
    ...fieldProps,
    description: useInputDescription(input),
    'aria-describedby': defaultId,
    isRequired: input.required && input.default === undefined && form.saved[input.pointer] === undefined,
  };
}
