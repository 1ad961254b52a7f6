import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Select } from '@backstage/ui';
import type { PipelineStage } from 'backstage-plugin-harness-cd-common';
import { withChosen } from '../../shared/options';
import { harnessCdTranslationRef } from '../../translation';
import type { DeployFormState } from '../useDeployForm';
import { useFieldProps } from './useFieldProps';

/** Which stages run, where the pipeline allows to choose; with none chosen, all of them. */
export function StagesField({ form, stages }: { form: DeployFormState; stages: PipelineStage[] }) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const fieldProps = useFieldProps(form, 'stages', t('stages.label'));
  const chosen = form.draft.stages;
  if (stages.length + chosen.length === 0) return null;
  return (
    <Select
      {...fieldProps}
      size="medium"
      selectionMode="multiple"
      placeholder={t('stages.all')}
      options={withChosen(
        stages.map(({ identifier, name }) => ({ value: identifier, label: name })),
        chosen,
      )}
      value={chosen}
      onChange={names => {
        form.touch('stages');
        form.chooseStages(names.map(String));
      }}
    />
  );
}
