import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { Violation } from 'backstage-plugin-harness-cd-common';
import { harnessCdTranslationRef } from '../../translation';
import type { DeployFormState } from '../useDeployForm';

/** What a person reads for a violation: a missing entry is pointed at, not named as the request spells it. */
function useReason(): (violation: Violation, environment: string | undefined) => string {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  return (violation, environment) => {
    if (violation.code !== 'FIELD_REQUIRED') return violation.message;
    return environment === undefined ? t('deploy.required') : t('deploy.requiredBy', { environment });
  };
}

/** What every field of the deploy form has in common: its reasons, and when they are shown. */
export function useFieldProps(form: DeployFormState, field: string, requiredBy?: string) {
  const reasonOf = useReason();
  const errors = form.errorsOf(field).map(violation => reasonOf(violation, requiredBy));
  return {
    name: field,
    'data-field': field,
    // react-aria shows what `validate` answers beside the field, and ties it to the field for screen readers.
    validate: () => errors,
    validationBehavior: 'aria' as const,
    onBlur: () => form.touch(field),
  };
}
