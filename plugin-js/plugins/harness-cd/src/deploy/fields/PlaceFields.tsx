import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Select } from '@backstage/ui';
import type { DeployRules } from 'backstage-plugin-harness-cd-common';
import { harnessCdTranslationRef } from '../../translation';
import type { DeployFormState } from '../useDeployForm';
import { useFieldProps } from './useFieldProps';
import styles from './fields.module.css';

/** A value that no option has: a select shows its placeholder for it, and still shows its errors. */
const NONE = '';

function EnvironmentField({ form, rules }: { form: DeployFormState; rules: DeployRules }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const fieldProps = useFieldProps(form, 'environment', t('deploy.environment'));
  return (
    <Select
      {...fieldProps}
      isRequired
      size="medium"
      placeholder={t('deploy.chooseEnvironment')}
      options={rules.environments.map(({ name, environmentType }) => ({
        value: name,
        label: environmentType === 'Production' ? `${name} (${t('deploy.production')})` : name,
      }))}
      value={form.draft.environment || NONE}
      onChange={value => form.chooseEnvironment(String(value ?? NONE))}
    />
  );
}

function RegionField({ form }: { form: DeployFormState }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const fieldProps = useFieldProps(form, 'region', t('deploy.region'));
  const { environment } = form;
  return (
    <Select
      {...fieldProps}
      isRequired
      isDisabled={!environment}
      size="medium"
      placeholder={environment ? t('deploy.chooseRegion') : t('deploy.chooseEnvironmentFirst')}
      options={environment?.regions.map(name => ({ value: name, label: name })) ?? []}
      value={form.draft.region || NONE}
      onChange={value => form.change('region', String(value ?? NONE))}
    />
  );
}

/** Where to deploy: an environment, and one of its regions. */
export function PlaceFields({ form, rules }: { form: DeployFormState; rules: DeployRules }) {
  return (
    <div className={styles.place}>
      <EnvironmentField form={form} rules={rules} />
      <RegionField form={form} />
    </div>
  );
}
