import { useId } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Alert, Link, Select, Skeleton, Switch, Text, TextField } from '@backstage/ui';
import { RiExternalLinkLine } from '@remixicon/react';
import type { DeployTargetResponse, RuntimeInput } from 'backstage-plugin-harness-cd-common';
import { formatInstant } from '../format/time';
import type { DeployDraft, DeployForm } from '../hooks/useDeployForm';
import { useLocale } from '../hooks/useLocale';
import { entryOf, fieldOfInput, nameOfInput } from '../inputs';
import { harnessCdTranslationRef } from '../translation';
import { FailureAlert } from './states';
import { useFieldProps } from './useFieldProps';
import styles from './styles.module.css';

interface FieldProps {
  form: DeployForm;
  input: RuntimeInput;
  entry: string | string[];
  /** Whether the dialog starts here. */
  isFirst: boolean;
}

/** What stands below a field's label: what the pipeline says of the input, and what has to be known of its values. */
function useDescription({ description, pointer, type, allowedValuesExpression }: RuntimeInput): string {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const isVariable = pointer.endsWith('/value');
  return [
    description ?? (isVariable ? undefined : t('input.place', { pointer })),
    type === 'Secret' || type === 'secret' ? t('input.secret') : undefined,
    allowedValuesExpression === undefined ? undefined : t('input.valuesInHarness'),
  ]
    .filter(Boolean)
    .join(' ');
}

function useInputProps({ form, input }: FieldProps) {
  const fieldProps = useFieldProps(form, fieldOfInput(input));
  return {
    ...fieldProps,
    label: nameOfInput(input),
    description: useDescription(input) || undefined,
    isRequired: input.required && input.default === undefined,
  };
}

function ChoiceField(props: FieldProps) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const { form, input, entry } = props;
  const inputProps = useInputProps(props);
  const common = {
    ...inputProps,
    size: 'medium' as const,
    options: [...new Set(input.allowedValues)].map(value => ({ value, label: value })),
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

function TruthField(props: FieldProps) {
  const { form, input, entry } = props;
  const description = useDescription(input);
  const descriptionId = useId();
  const field = fieldOfInput(input);
  return (
    <div className={styles.switch} data-field={field}>
      <Switch
        name={field}
        label={nameOfInput(input)}
        aria-describedby={description ? descriptionId : undefined}
        isSelected={entry === 'true'}
        onChange={isSelected => form.changeInput(input.pointer, String(isSelected))}
      />
      {description && (
        <Text as="p" variant="body-small" className={styles.secondary} id={descriptionId}>
          {description}
        </Text>
      )}
    </div>
  );
}

function InputField(props: FieldProps) {
  const { form, input, entry } = props;
  const inputProps = useInputProps(props);
  if (input.kind === 'boolean') return <TruthField {...props} />;
  // What an expression yields is no list to choose from.
  if (input.allowedValues && !input.allowedValues.some(value => value.includes('<+')))
    return <ChoiceField {...props} />;
  return (
    <TextField
      {...inputProps}
      // eslint-disable-next-line jsx-a11y/no-autofocus
      autoFocus={props.isFirst}
      autoComplete="off"
      spellCheck="false"
      inputMode={input.kind === 'number' ? 'decimal' : undefined}
      placeholder={input.default}
      value={String(entry)}
      onChange={text => form.changeInput(input.pointer, text)}
    />
  );
}

/** Says which inputs no form can take, and where they can be given. */
function Elsewhere({ form, url }: { form: DeployForm; url: string | undefined }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const { before, during } = form.places;
  const names = (inputs: RuntimeInput[]) => inputs.map(nameOfInput).join(', ');
  if (before.length + during.length === 0) return null;
  return (
    <Text as="p" variant="body-small" className={styles.secondary}>
      {before.length > 0 && <>{t('input.before', { names: names(before) })} </>}
      {during.length > 0 && <>{t('input.during', { names: names(during) })} </>}
      <Link href={url} target="_blank" rel="noopener">
        {t('input.openPipeline')} <RiExternalLinkLine aria-hidden size="1em" />
      </Link>
    </Text>
  );
}

/** The fields of what the live pipeline asks for, as far as it is known. */
export function InputFields(props: {
  form: DeployForm;
  draft: DeployDraft;
  answer: DeployTargetResponse;
  onRetry: () => void;
}) {
  const { form, draft, onRetry } = props;
  const { inputs, url, asOf, failure } = props.answer;
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const locale = useLocale();
  if (!inputs) {
    return failure ? (
      <FailureAlert title={t('state.inputsFailure')} failure={failure} onRetry={onRetry} />
    ) : (
      <Skeleton height="2.5rem" aria-label={t('state.inputsLoading')} />
    );
  }
  const asksNothing = form.places.here.length === 0;
  return (
    <>
      {failure && (
        <Alert
          icon
          role="status"
          status="warning"
          title={t('state.inputsStale', { time: formatInstant(asOf ?? failure.since, locale) })}
          description={failure.message}
        />
      )}
      {form.places.here.map((input, index) => (
        <InputField
          key={input.pointer}
          form={form}
          input={input}
          entry={entryOf(input, draft.inputs)}
          isFirst={index === 0 && !form.hasFields}
        />
      ))}
      {asksNothing && !form.hasFields && (
        <Text as="p" className={styles.secondary}>
          {t('input.none')}
        </Text>
      )}
      <Elsewhere form={form} url={url} />
    </>
  );
}
