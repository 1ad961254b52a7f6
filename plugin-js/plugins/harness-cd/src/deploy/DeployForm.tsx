import { useId, useMemo, useRef, type FormEvent, type ReactNode } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { DialogBody, DialogFooter, Flex } from '@backstage/ui';
import type { DeployTargetResponse } from 'backstage-plugin-harness-cd-common';
import { harnessCdTranslationRef } from '../translation';
import { Checks } from './Checks';
import { FieldGroup } from './fields/FieldGroup';
import { InputFields } from './fields/InputFields';
import { PlaceFields } from './fields/PlaceFields';
import { RecordField } from './fields/RecordField';
import { TagField } from './fields/TagField';
import { newIdempotencyKey, refusalOf, type Start } from '../shared/start';
import { SubmitButton } from './SubmitButton';
import { useDeployForm, type DeployFormState } from './useDeployForm';
import { useDraft } from './useDraft';
import { useStartDeployment } from './useStartDeployment';
import styles from './deploy.module.css';

function Fields({ form, inputFields }: { form: DeployFormState; inputFields: ReactNode }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  return (
    <>
      <FieldGroup title={t('deploy.what')}>
        {form.rules && <TagField form={form} />}
        {inputFields}
      </FieldGroup>
      {form.rules && (
        <FieldGroup title={t('deploy.where')}>
          <PlaceFields form={form} rules={form.rules} />
        </FieldGroup>
      )}
      {form.recordFields.length > 0 && (
        <FieldGroup title={t('deploy.record')}>
          {form.recordFields.map(field => (
            <RecordField key={field} form={form} field={field} />
          ))}
        </FieldGroup>
      )}
    </>
  );
}

function focusField(element: HTMLFormElement | null, field: string | undefined): void {
  element?.querySelector<HTMLElement>(`[data-field="${field}"] :is(input, textarea, button)`)?.focus();
}

/** Starts what the form says; where it is not right yet, leads to the first field that is not. */
function useSubmit(form: DeployFormState, lastStart: Start | null) {
  const { mutate } = useStartDeployment();
  const formRef = useRef<HTMLFormElement>(null);
  const lastKey = lastStart?.idempotencyKey;
  // One for a form: it is used up by a start, and the two halves of a double click have the same.
  // eslint-disable-next-line react-hooks/exhaustive-deps
  const idempotencyKey = useMemo(newIdempotencyKey, [lastKey]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    form.markSubmitted();
    if (form.blocking.length > 0) return;
    if (form.isValid) mutate({ request: form.request, idempotencyKey });
    else focusField(formRef.current, form.firstInvalidField);
  };
  return { formRef, submit };
}

/** What, where, and what speaks against it, checked while one types; the button says what it does. */
export function DeployForm(props: {
  /** The rules, and how far the live pipeline is known. */
  answer: DeployTargetResponse;
  onRetry: () => void;
  /** What came of the last start; a request that was refused is shown with its reasons. */
  lastStart: Start | null;
}) {
  const { answer, onRetry, lastStart } = props;
  const { rules, inputs } = answer;
  const target = useMemo(() => ({ rules, inputs }), [rules, inputs]);
  const [draft, setDraft] = useDraft();
  const form = useDeployForm(target, draft, setDraft, refusalOf(lastStart));
  const { formRef, submit } = useSubmit(form, lastStart);
  const failure = lastStart?.state.kind === 'notStarted' ? lastStart.state.failure : undefined;
  const formId = useId();
  return (
    <>
      <DialogBody>
        <form className={styles.form} id={formId} ref={formRef} noValidate onSubmit={submit}>
          <Flex direction="column" gap="4">
            <Fields form={form} inputFields={<InputFields form={form} answer={answer} onRetry={onRetry} />} />
            <Checks form={form} failure={failure} />
          </Flex>
        </form>
      </DialogBody>
      <DialogFooter>
        <SubmitButton form={form} formId={formId} />
      </DialogFooter>
    </>
  );
}
