import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { TextField } from '@backstage/ui';
import { harnessCdTranslationRef } from '../../translation';
import type { DeployFormState } from '../useDeployForm';
import { TagCombobox } from './TagCombobox';
import { useFieldProps } from './useFieldProps';

/** Which image to deploy: the dialog has one purpose, and it starts here. */
export function TagField({ form }: { form: DeployFormState }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const fieldProps = useFieldProps(form, 'imageTag', t('deploy.imageTag'));
  const shown = { entry: form.draft.imageTag, placeholder: t('deploy.imageTagExample') };
  const onEntry = (text: string) => form.change('imageTag', text);
  if (form.tagInput) {
    const field = { ...fieldProps, isRequired: true };
    return <TagCombobox {...shown} form={form} input={form.tagInput} field={field} onEntry={onEntry} isFirst />;
  }
  return (
    <TextField
      {...fieldProps}
      // eslint-disable-next-line jsx-a11y/no-autofocus
      autoFocus
      isRequired
      autoComplete="off"
      spellCheck="false"
      placeholder={shown.placeholder}
      value={shown.entry}
      onChange={onEntry}
    />
  );
}
