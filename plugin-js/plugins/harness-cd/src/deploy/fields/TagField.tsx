import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { TextField } from '@backstage/ui';
import { harnessCdTranslationRef } from '../../translation';
import type { DeployFormState } from '../useDeployForm';
import { useFieldProps } from './useFieldProps';

/** Which image to deploy. */
export function TagField({ form }: { form: DeployFormState }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const fieldProps = useFieldProps(form, 'imageTag', t('deploy.imageTag'));
  return (
    <TextField
      {...fieldProps}
      // The dialog has one purpose, and it starts here.
      // eslint-disable-next-line jsx-a11y/no-autofocus
      autoFocus
      isRequired
      autoComplete="off"
      spellCheck="false"
      placeholder={t('deploy.imageTagExample')}
      value={form.draft.imageTag}
      onChange={value => form.change('imageTag', value)}
    />
  );
}
