import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { RuntimeInput } from 'backstage-plugin-harness-cd-common';
import { harnessCdTranslationRef } from '../../translation';
import { fieldOfInput, nameOfInput } from '../inputs';
import type { DeployFormState } from '../useDeployForm';
import { useFieldProps } from './useFieldProps';

/** What a field for an input of the pipeline is about. */
export interface InputFieldProps {
  form: DeployFormState;
  input: RuntimeInput;
  /** What was given, or else the default. */
  entry: string | string[];
}

/** What stands below a field's label: what the pipeline says of the input, and what has to be known of its values. */
export function useInputDescription(input: RuntimeInput): string | undefined {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const { description, pointer, type, allowedValuesExpression } = input;
  const isVariable = pointer.endsWith('/value');
  const sentences = [
    description ?? (isVariable ? undefined : t('input.pointer', { pointer })),
    type === 'Secret' || type === 'secret' ? t('input.secret') : undefined,
    allowedValuesExpression === undefined ? undefined : t('input.valuesInHarness'),
  ];
  return sentences.filter(Boolean).join(' ') || undefined;
}

/** What every field for an input of the pipeline has in common. */
export function useInputProps({ form, input }: InputFieldProps) {
  const fieldProps = useFieldProps(form, fieldOfInput(input));
  return {
    ...fieldProps,
    label: nameOfInput(input),
    description: useInputDescription(input),
    isRequired: input.required && input.default === undefined,
  };
}
