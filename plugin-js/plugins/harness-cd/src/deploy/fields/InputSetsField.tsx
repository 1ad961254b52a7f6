import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Select } from '@backstage/ui';
import type { InputSetSummary, Violation } from 'backstage-plugin-harness-cd-common';
import { withChosen } from '../../shared/options';
import { SecondaryText } from '../../shared/SecondaryText';
import { FailureAlert } from '../../shared/states/FailureAlert';
import { harnessCdTranslationRef } from '../../translation';
import { useInputSets } from '../useInputSets';
import { useViolationWords } from '../useViolationWords';
import type { DeployFormState } from '../useDeployForm';

interface Props {
  form: DeployFormState;
  /** What is wrong with the chosen sets. */
  violations: Violation[];
  /** Why it is not known what they answer. */
  error: Error | null;
  onRetry: () => void;
}

/** The chosen ones in the order in which they were chosen. */
function inOrder(before: string[], chosen: string[]): string[] {
  return [...before.filter(name => chosen.includes(name)), ...chosen.filter(name => !before.includes(name))];
}

/** What is wrong with the chosen sets: found when they were read, or when the request was refused. */
function useReasons({ form, violations }: Props): string[] {
  const wordsOf = useViolationWords();
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const found = [...violations, ...form.errorsOf('inputSets')];
  return [...new Set(found.map(violation => wordsOf(violation, t('inputSets.label'))))];
}

function KnownInputSets(props: Props & { sets: InputSetSummary[] }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const { form, sets } = props;
  const { inputSets } = form.draft;
  const reasons = useReasons(props);
  const nameOf = ({ name, isOverlay }: InputSetSummary) => (isOverlay ? t('inputSets.overlay', { name }) : name);
  const options = withChosen(
    sets.map(set => ({ value: set.identifier, label: nameOf(set) })),
    inputSets,
  );
  const labelOf = (name: string) => options.find(({ value }) => value === name)?.label ?? name;
  return (
    <>
      <Select
        name="inputSets"
        data-field="inputSets"
        label={t('inputSets.label')}
        size="medium"
        selectionMode="multiple"
        placeholder={t('inputSets.none')}
        options={options}
        value={inputSets}
        validate={() => reasons}
        validationBehavior="aria"
        onChange={chosen => form.chooseInputSets(inOrder(inputSets, chosen.map(String)))}
      />
      {inputSets.length > 1 && (
        <SecondaryText as="p" variant="body-small">
          {t('inputSets.order', { names: inputSets.map(labelOf).join(', ') })}
        </SecondaryText>
      )}
    </>
  );
}

/** Saved answers to choose from, where the pipeline has some: what they fill is shown in the form, and may be changed. */
export function InputSetsField(props: Props) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const { form, error, onRetry } = props;
  const { data: sets, error: listError, refetch } = useInputSets();
  const isNamed = form.draft.inputSets.length > 0;
  return (
    <>
      {listError && <FailureAlert title={t('inputSets.failure')} failure={listError} onRetry={refetch} />}
      {sets && (sets.length > 0 || isNamed) && <KnownInputSets {...props} sets={sets} />}
      {error && <FailureAlert title={t('inputSets.readFailure')} failure={error} onRetry={onRetry} />}
    </>
  );
}
