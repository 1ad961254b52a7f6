import { useId, useMemo, useRef, type FormEvent, type ReactNode } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { DialogBody, DialogFooter, Flex } from '@backstage/ui';
import type { DeployTargetResponse } from 'backstage-plugin-harness-cd-common';
import { harnessCdTranslationRef } from '../translation';
import { Checks } from './Checks';
import type { DeployDraft } from './draft';
import { FieldGroup } from './fields/FieldGroup';
import { InputFields } from './fields/InputFields';
import { PlaceFields } from './fields/PlaceFields';
import { RecordField } from './fields/RecordField';
import { TagField } from './fields/TagField';
import { SubmitButton } from './SubmitButton';
import { useDeployForm, type DeployFormState } from './useDeployForm';
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
function useSubmit(form: DeployFormState, onStarted: (executionId: string) => void) {
  const start = useStartDeployment();
  const formRef = useRef<HTMLFormElement>(null);
  // Known at once: that a start is pending is rendered too late for the second half of a double click.
  const isStarting = useRef(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    form.markSubmitted();
    if (form.blocking.length > 0 || isStarting.current) return;
    if (!form.isValid) {
      focusField(formRef.current, form.firstInvalidField);
      return;
    }
    isStarting.current = true;
    start.mutate(form.request, {
      onSettled: () => {
        isStarting.current = false;
      },
      onSuccess: outcome =>
        outcome.kind === 'started' ? onStarted(outcome.executionId) : form.refuse(outcome.violations),
    });
  };
  return { formRef, submit, isPending: start.isPending, error: start.error };
}

/** What, where, and what speaks against it, checked while one types; the button says what it does. */
export function DeployForm(props: {
  /** The rules, and how far the live pipeline is known. */
  answer: DeployTargetResponse;
  onRetry: () => void;
  draft: DeployDraft;
  setDraft: (draft: DeployDraft) => void;
  onStarted: (executionId: string) => void;
}) {
  const { answer, onRetry } = props;
  const { rules, inputs } = answer;
  const target = useMemo(() => ({ rules, inputs }), [rules, inputs]);
  const form = useDeployForm(target, props.draft, props.setDraft);
  const { formRef, submit, isPending, error } = useSubmit(form, props.onStarted);
  const formId = useId();
  return (
    <>
      <DialogBody>
        <form className={styles.form} id={formId} ref={formRef} noValidate onSubmit={submit}>
          <Flex direction="column" gap="4">
            <Fields form={form} inputFields={<InputFields form={form} answer={answer} onRetry={onRetry} />} />
            <Checks form={form} error={error} />
          </Flex>
        </form>
      </DialogBody>
      <DialogFooter>
        <SubmitButton form={form} formId={formId} isPending={isPending} />
      </DialogFooter>
    </>
  );
}
