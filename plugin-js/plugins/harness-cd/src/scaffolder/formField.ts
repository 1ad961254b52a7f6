import { createFormField } from '@backstage/plugin-scaffolder-react/alpha';
import { HarnessCdInputs } from './HarnessCdInputs';
import { validateInputs } from './validateInputs';

/** The field as templates name it: `ui:field: HarnessCdInputs`. */
export const harnessCdInputsField = createFormField({
  name: 'HarnessCdInputs',
  component: HarnessCdInputs,
  validation: validateInputs,
});
