import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { TextAreaField, TextField } from '@backstage/ui';
import type { RequiredField } from 'backstage-plugin-harness-cd-common';
import { harnessCdTranslationRef } from '../../translation';
import type { DeployFormState } from '../useDeployForm';
import { useFieldProps } from './useFieldProps';

/** What the environment wants to have on record. */
export function RecordField({ form, field }: { form: DeployFormState; field: RequiredField }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const fieldProps = useFieldProps(form, field, t(`deploy.${field}`), form.draft.environment);
  const props = {
    ...fieldProps,
    isRequired: true,
    value: form.draft[field],
    onChange: (value: string) => form.change(field, value),
  };
  return field === 'changeTicket' ? (
    <TextField {...props} autoComplete="off" placeholder={t('deploy.changeTicketExample')} />
  ) : (
    <TextAreaField {...props} rows={2} />
  );
}
