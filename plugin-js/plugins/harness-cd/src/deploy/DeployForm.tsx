import { useId, type ReactNode } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { DialogBody, DialogFooter, Flex } from '@backstage/ui';
import type { DeployTargetResponse, PipelineStage } from 'backstage-plugin-harness-cd-common';
import { SecondaryText } from '../shared/SecondaryText';
import { harnessCdTranslationRef } from '../translation';
import { Checks } from './Checks';
import { FieldGroup } from './fields/FieldGroup';
import { InputFields } from './fields/InputFields';
import { InputSetsField } from './fields/InputSetsField';
import { PlaceFields } from './fields/PlaceFields';
import { RecordField } from './fields/RecordField';
import { StagesField } from './fields/StagesField';
import { TagField } from './fields/TagField';
import { refusalOf, type Start } from '../shared/start';
import { SubmitButton } from './SubmitButton';
import { useDeployForm, type DeployFormState } from './useDeployForm';
import { useDraft } from './useDraft';
import type { Send } from './useStartDeployment';
import { useSubmit } from './useSubmit';
import { useTarget } from './useTarget';
import styles from './deploy.module.css';

const NO_STAGES: PipelineStage[] = [];

function Fields(props: { form: DeployFormState; inputSets: ReactNode; inputFields: ReactNode }) {
  const { form, inputSets, inputFields } = props;
  const { t } = useTranslationRef(harnessCdTranslationRef);
  return (
    <>
      <FieldGroup title={t('deploy.what')}>
        {inputSets}
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

function FromBranch(words: { pipeline: string; branch: string }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  return <SecondaryText as="p">{t('deploy.fromBranch', words)}</SecondaryText>;
}

/** What, where, and what speaks against it, checked while one types; the button says what it does. */
export function DeployForm(props: {
  /** The rules, and how far the live pipeline is known. */
  answer: DeployTargetResponse;
  onRetry: () => void;
  /** What came of the last start; a request that was refused is shown with its reasons. */
  lastStart: Start | null;
  send: Send;
}) {
  const { answer, onRetry, lastStart, send } = props;
  const [draft, setDraft] = useDraft();
  const { target, asking, inputSets } = useTarget(answer, draft, setDraft);
  const form = useDeployForm(target, draft, setDraft, refusalOf(lastStart), asking);
  const { formRef, submit, otherRuns } = useSubmit(form, lastStart, send);
  const failure = lastStart?.state.kind === 'notStarted' ? lastStart.state.failure : undefined;
  const formId = useId();
  return (
    <>
      <DialogBody>
        <form className={styles.form} id={formId} ref={formRef} noValidate onSubmit={submit}>
          <Flex direction="column" gap="4">
            {answer.branch !== undefined && <FromBranch pipeline={answer.pipeline} branch={answer.branch} />}
            <Fields
              form={form}
              inputSets={<InputSetsField form={form} {...inputSets} />}
              inputFields={
                <>
                  <StagesField form={form} stages={answer.stages ?? NO_STAGES} />
                  <InputFields form={form} answer={answer} onRetry={onRetry} takesFocus={!answer.rules} />
                </>
              }
            />
            <Checks form={form} failure={failure} otherRuns={otherRuns} />
          </Flex>
        </form>
      </DialogBody>
      <DialogFooter>
        <SubmitButton form={form} formId={formId} />
      </DialogFooter>
    </>
  );
}
