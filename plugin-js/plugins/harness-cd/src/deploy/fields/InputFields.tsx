import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Skeleton } from '@backstage/ui';
import type { DeployTargetResponse } from 'backstage-plugin-harness-cd-common';
import { SecondaryText } from '../../shared/SecondaryText';
import { FailureAlert } from '../../shared/states/FailureAlert';
import { harnessCdTranslationRef } from '../../translation';
import { entryOf } from '../inputs';
import type { DeployFormState } from '../useDeployForm';
import { InputField } from './InputField';
import { InputsInHarness } from './InputsInHarness';
import { StaleInputsAlert } from './StaleInputsAlert';

interface Props {
  form: DeployFormState;
  answer: DeployTargetResponse;
  onRetry: () => void;
  /** Whether the first field gets the focus: in a dialog, which opens for it. */
  takesFocus: boolean;
}

function NoInputs({ answer, onRetry }: Props) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  return answer.failure ? (
    <FailureAlert title={t('state.inputsFailure')} failure={answer.failure} onRetry={onRetry} />
  ) : (
    <Skeleton height="2.5rem" aria-label={t('state.inputsLoading')} />
  );
}

function KnownInputs({ form, answer, takesFocus }: Props) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const { rules, inputs, draft } = form;
  return (
    <>
      {answer.failure && <StaleInputsAlert failure={answer.failure} asOf={answer.asOf} />}
      {inputs.inForm.map((input, index) => (
        <InputField
          key={input.pointer}
          form={form}
          input={input}
          entry={entryOf(input, draft.inputs, form.saved)}
          isFirst={index === 0 && takesFocus}
        />
      ))}
      {inputs.inForm.length === 0 && !rules && <SecondaryText as="p">{t('input.none')}</SecondaryText>}
      <InputsInHarness inputs={inputs} url={answer.url} />
    </>
  );
}

/** The fields of what the live pipeline asks for, as far as it is known. */
export function InputFields(props: Props) {
  return props.answer.inputs ? <KnownInputs {...props} /> : <NoInputs {...props} />;
}
