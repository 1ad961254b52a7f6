import { useId, useMemo, useRef, type FormEvent } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Alert, Button, DialogBody, DialogFooter, Flex, Select, Text, TextAreaField, TextField } from '@backstage/ui';
import type { DeployRules, DeployTargetResponse, RequiredField, Violation } from 'backstage-plugin-harness-cd-common';
import { formatOpening, formatRelative } from '../format/time';
import { useDeployForm, type DeployDraft, type DeployForm as Form } from '../hooks/useDeployForm';
import { useStartDeployment } from '../hooks/useHarnessCd';
import { useLocale } from '../hooks/useLocale';
import { failureOf } from '../failure';
import { harnessCdTranslationRef } from '../translation';
import { InputFields } from './InputFields';
import { FailureDetails } from './states';
import { useFieldProps } from './useFieldProps';
import styles from './styles.module.css';

/** A value that no option has: a select shows its placeholder for it, and still shows its errors. */
const NONE = '';

function TagField({ form, draft }: { form: Form; draft: DeployDraft }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const fieldProps = useFieldProps(form, 'imageTag');
  return (
    <TextField
      {...fieldProps}
      // The dialog has one purpose, and it starts here.
      // eslint-disable-next-line jsx-a11y/no-autofocus
      autoFocus
      isRequired
      autoComplete="off"
      spellCheck="false"
      label={t('deploy.imageTag')}
      placeholder={t('deploy.imageTagExample')}
      value={draft.imageTag}
      onChange={value => form.change('imageTag', value)}
    />
  );
}

function PlaceFields({ form, draft, rules }: { form: Form; draft: DeployDraft; rules: DeployRules }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const { environment } = form;
  const environmentProps = useFieldProps(form, 'environment');
  const regionProps = useFieldProps(form, 'region');
  return (
    <div className={styles.fields}>
      <Select
        {...environmentProps}
        isRequired
        size="medium"
        label={t('deploy.environment')}
        placeholder={t('deploy.chooseEnvironment')}
        options={rules.environments.map(({ name, environmentType }) => ({
          value: name,
          label: environmentType === 'Production' ? `${name} (${t('deploy.production')})` : name,
        }))}
        value={draft.environment || NONE}
        onChange={value => form.chooseEnvironment(String(value ?? NONE))}
      />
      <Select
        {...regionProps}
        isRequired
        isDisabled={!environment}
        size="medium"
        label={t('deploy.region')}
        placeholder={environment ? t('deploy.chooseRegion') : t('deploy.chooseEnvironmentFirst')}
        options={environment?.regions.map(name => ({ value: name, label: name })) ?? []}
        value={draft.region || NONE}
        onChange={value => form.change('region', String(value ?? NONE))}
      />
    </div>
  );
}

function RecordField({ form, draft, field }: { form: Form; draft: DeployDraft; field: RequiredField }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const fieldProps = useFieldProps(form, field, draft.environment);
  const props = {
    ...fieldProps,
    isRequired: true,
    label: t(`deploy.${field}`),
    value: draft[field],
    onChange: (value: string) => form.change(field, value),
  };
  return field === 'changeTicket' ? (
    <TextField {...props} autoComplete="off" placeholder={t('deploy.changeTicketExample')} />
  ) : (
    <TextAreaField {...props} rows={2} />
  );
}

function useOpening() {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const locale = useLocale();
  return (violation: Violation, now: number) =>
    violation.allowedFrom === undefined
      ? violation.message
      : t('deploy.opens', {
          time: formatOpening(violation.allowedFrom, now, locale),
          relative: formatRelative(violation.allowedFrom, now, locale),
        });
}

function BlockedByTime({ form, environment }: { form: Form; environment: string }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const locale = useLocale();
  const opening = useOpening();
  return (
    <>
      {form.blocking.map(violation => (
        <Alert
          icon
          role="status"
          status="warning"
          key={violation.code}
          title={t('deploy.windowClosed', { environment })}
          description={
            <>
              <div
                className={styles.sentence}
                title={
                  violation.allowedFrom === undefined
                    ? undefined
                    : `${formatOpening(violation.allowedFrom, form.now, locale, 'UTC')} UTC`
                }
              >
                {opening(violation, form.now)}
              </div>
              {violation.allowedFrom !== undefined && <div className={styles.sentence}>{violation.message}.</div>}
            </>
          }
        />
      ))}
    </>
  );
}

function StartFailure({ error }: { error: Error }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const failure = failureOf(error);
  const isUnknown = failure.code === 'OUTCOME_UNKNOWN';
  return (
    <Alert
      icon
      role="alert"
      status={isUnknown ? 'warning' : 'danger'}
      title={isUnknown ? t('deploy.outcomeUnknown') : t('deploy.startFailed')}
      description={
        <FailureDetails failure={isUnknown ? { hint: t('deploy.outcomeUnknownHint'), ...failure } : failure} />
      }
    />
  );
}

function Checks({ form, draft, error }: { form: Form; draft: DeployDraft; error: Error | null }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  return (
    <>
      <BlockedByTime form={form} environment={draft.environment} />
      {form.general.map(violation => (
        <Alert
          icon
          role="alert"
          status="danger"
          key={`${violation.code} ${violation.path}`}
          title={violation.message}
        />
      ))}
      {form.checkError && (
        <Alert icon status="warning" title={t('deploy.uncheckable', { reason: form.checkError.message })} />
      )}
      {error && <StartFailure error={error} />}
      {form.environment && form.environment.approvals.length > 0 && (
        <Text as="p" variant="body-small" className={styles.secondary}>
          {t('deploy.approvals', { groups: form.environment.approvals.join(', ') })}
        </Text>
      )}
    </>
  );
}

function useSubmitWords(draft: DeployDraft, rules: DeployRules | undefined): string {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  if (!rules) return t('deploy.run');
  const tag = draft.imageTag.trim();
  if (!tag || !draft.environment || !draft.region) return t('deploy.action');
  return t('deploy.submit', {
    tag,
    place: t('place', { environment: draft.environment, region: draft.region }),
  });
}

function focusField(form: HTMLFormElement | null, field: string | undefined): void {
  form?.querySelector<HTMLElement>(`[data-field="${field}"] :is(input, textarea, button)`)?.focus();
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
  const { answer, draft, setDraft, onStarted } = props;
  const { rules, inputs } = answer;
  const target = useMemo(() => ({ rules, inputs }), [rules, inputs]);
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const form = useDeployForm(target, draft, setDraft);
  const start = useStartDeployment();
  const opening = useOpening();
  const submitWords = useSubmitWords(draft, rules);
  const formRef = useRef<HTMLFormElement>(null);
  const formId = useId();
  const reasonId = useId();
  const [blocked] = form.blocking;
  const requiredFields = form.environment?.requiredFields ?? [];

  const submit = (event: FormEvent) => {
    event.preventDefault();
    form.markSubmitted();
    if (blocked || start.isPending) return;
    if (!form.isValid) {
      focusField(formRef.current, form.firstInvalidField);
      return;
    }
    start.mutate(form.request, {
      onSuccess: outcome =>
        outcome.kind === 'started' ? onStarted(outcome.executionId) : form.refuse(outcome.violations),
    });
  };

  return (
    <>
      <DialogBody>
        <form className={styles.form} id={formId} ref={formRef} noValidate onSubmit={submit}>
          <Flex direction="column" gap="4">
            <fieldset className={styles.fieldset}>
              <Text as="legend" weight="bold" className={styles.legend}>
                {t('deploy.what')}
              </Text>
              <Flex direction="column" gap="3">
                {rules && <TagField form={form} draft={draft} />}
                <InputFields form={form} draft={draft} answer={answer} onRetry={props.onRetry} />
              </Flex>
            </fieldset>
            {rules && (
              <fieldset className={styles.fieldset}>
                <Text as="legend" weight="bold" className={styles.legend}>
                  {t('deploy.where')}
                </Text>
                <PlaceFields form={form} draft={draft} rules={rules} />
              </fieldset>
            )}
            {requiredFields.length > 0 && (
              <fieldset className={styles.fieldset}>
                <Text as="legend" weight="bold" className={styles.legend}>
                  {t('deploy.record')}
                </Text>
                <Flex direction="column" gap="3">
                  {requiredFields.map(field => (
                    <RecordField key={field} form={form} draft={draft} field={field} />
                  ))}
                </Flex>
              </fieldset>
            )}
            <Checks form={form} draft={draft} error={start.error} />
          </Flex>
        </form>
      </DialogBody>
      <DialogFooter>
        {blocked && (
          <Text as="span" id={reasonId} variant="body-small" className={styles.secondary}>
            {t('deploy.blocked', { reason: opening(blocked, form.now) })}
          </Text>
        )}
        <Button
          className={styles.submit}
          type="submit"
          form={formId}
          variant="primary"
          isDisabled={blocked !== undefined}
          isPending={start.isPending}
          aria-describedby={blocked ? reasonId : undefined}
        >
          {submitWords}
        </Button>
      </DialogFooter>
    </>
  );
}
