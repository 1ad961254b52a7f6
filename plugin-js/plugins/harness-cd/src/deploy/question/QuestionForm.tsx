import { useMemo, useRef, useState, type FormEvent } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Alert, Button, Flex } from '@backstage/ui';
import type { DeployBody, InputQuestion } from 'backstage-plugin-harness-cd-common';
import { failureOf } from '../../shared/failure';
import { FailureDetails } from '../../shared/states/FailureDetails';
import type { Refusal } from '../../shared/start';
import { harnessCdTranslationRef } from '../../translation';
import { EMPTY_DRAFT } from '../draft';
import { InputField } from '../fields/InputField';
import { entryOf } from '../inputs';
import { useDeployForm } from '../useDeployForm';
import { useViolationWords } from '../useViolationWords';
import { focusField } from '../useSubmit';
import { useAnswer } from './useQuestion';
import styles from '../deploy.module.css';

/** Why the last answer was not taken. */
function NotTaken({ error }: { error: Error }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const failure = failureOf(error);
  // What has no code came from nobody who knows.
  const isKnown = failure.code !== undefined && failure.code !== 'OUTCOME_UNKNOWN';
  return (
    <Alert
      icon
      role="alert"
      status="danger"
      title={t(isKnown ? 'question.failure' : 'question.unknown')}
      description={<FailureDetails failure={failure} />}
    />
  );
}

function TooLate() {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  return (
    <Alert icon role="status" status="warning" title={t('question.tooLate')} description={t('question.tooLateHint')} />
  );
}

/** The fields of what a run asks for, checked as those of a deployment are. */
export function QuestionForm({ question, executionId }: { question: InputQuestion; executionId: string }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const wordsOf = useViolationWords();
  const [draft, setDraft] = useState(EMPTY_DRAFT);
  const [sent, setSent] = useState<DeployBody>();
  const { data: outcome, error, isPending, mutate } = useAnswer(executionId, question.node);
  const target = useMemo(() => ({ inputs: question.inputs, stages: [] }), [question]);
  const refusal: Refusal | undefined = useMemo(
    () => (sent && outcome?.kind === 'rejected' ? { request: sent, violations: outcome.violations } : undefined),
    [sent, outcome],
  );
  const form = useDeployForm(target, draft, setDraft, refusal);
  const formRef = useRef<HTMLFormElement>(null);
  if (outcome?.kind === 'taken') {
    return <Alert icon role="status" status="success" title={t('question.taken')} />;
  }
  const submit = (event: FormEvent) => {
    event.preventDefault();
    form.markSubmitted();
    if (!form.isValid) {
      focusField(formRef.current, form.firstInvalidField);
    } else if (!isPending) {
      setSent(form.request);
      mutate(form.request);
    }
  };
  return (
    <form className={styles.form} ref={formRef} noValidate onSubmit={submit}>
      <Flex direction="column" gap="3">
        {form.inputs.inForm.map(input => (
          <InputField
            key={input.pointer}
            form={form}
            input={input}
            entry={entryOf(input, draft.inputs, form.saved)}
            isFirst={false}
          />
        ))}
        {form.general.map(violation => (
          <Alert icon role="alert" status="danger" key={violation.path} title={wordsOf(violation)} />
        ))}
        {error && <NotTaken error={error} />}
        {outcome?.kind === 'tooLate' && <TooLate />}
        <div>
          <Button type="submit" variant="primary" loading={isPending}>
            {t(isPending ? 'question.sending' : 'question.submit')}
          </Button>
        </div>
      </Flex>
    </form>
  );
}
