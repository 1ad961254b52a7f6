import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { Violation } from 'backstage-plugin-harness-cd-common';
import { harnessCdTranslationRef } from '../../translation';
import { useViolationWords } from '../useViolationWords';
import type { DeployFormState } from '../useDeployForm';

/** What a person reads beside a field: a missing entry is pointed at, and called nothing. */
function useReason(): (violation: Violation, label: string, environment: string | undefined) => string {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const wordsOf = useViolationWords();
  return (violation, label, environment) => {
    if (violation.code !== 'FIELD_REQUIRED') return wordsOf(violation, label);
    return environment === undefined ? t('deploy.required') : t('deploy.requiredBy', { environment });
  };
}

/** What every field of the deploy form has in common: its reasons, and when they are shown. */
export function useFieldProps(form: DeployFormState, field: string, label: string, requiredBy?: string) {
  const reasonOf = useReason();
  const errors = form.errorsOf(field).map(violation => reasonOf(violation, label, requiredBy));
  return {
    name: field,
    label,
    'data-field': field,
    // react-aria shows what `validate` answers beside the field, and ties it to the field for screen readers.
    validate: () => errors,
    validationBehavior: 'aria' as const,
    onBlur: () => form.touch(field),
  };
}
