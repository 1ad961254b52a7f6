import type { CustomFieldValidator } from '@backstage/plugin-scaffolder-react';
import { harnessCdApiRef } from '../shared/api';
import { failureOf } from '../shared/failure';
import { isRefused } from '../shared/useHarnessCd';
import { chosenEntity, type HarnessCdInputsOptions, type HarnessCdInputsValue } from './options';

/**
 * Keeps a template on its step while the inputs break a rule: by the check of the backend, which knows more than the
 * browser, such as what is wrong within YAML. What is not about the inputs the template asks elsewhere, or not at all.
 */
export const validateInputs: CustomFieldValidator<HarnessCdInputsValue | undefined, HarnessCdInputsOptions> = async (
  inputs = {},
  field,
  { apiHolder, formData, uiSchema },
) => {
  const options = uiSchema?.['ui:options'] ?? {};
  const entity = chosenEntity(options, formData);
  const api = apiHolder.get(harnessCdApiRef);
  if (!entity || !api) return;
  const { pipeline } = options;
  try {
    const check = await api.checkDeployment({ ...entity, ...(pipeline ? { pipeline } : {}) }, { inputs });
    if (check.kind !== 'rejected') return;
    const own = check.violations.filter(({ path }) => path.startsWith('/inputs/'));
    own.forEach(({ message }) => field.addError(message));
  } catch (error) {
    // An outage is no mistake of who fills in the template: the step that runs the pipeline checks again.
    if (error instanceof Error && isRefused(error)) field.addError(failureOf(error).message);
  }
};
