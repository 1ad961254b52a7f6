import { useEffect, useMemo, useState } from 'react';
import { stringifyEntityRef } from '@backstage/catalog-model';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { EntityProvider } from '@backstage/plugin-catalog-react';
import type { FieldExtensionComponentProps } from '@backstage/plugin-scaffolder-react';
import { Flex } from '@backstage/ui';
import type { DeployTargetResponse } from 'backstage-plugin-harness-cd-common';
import { NoForm } from '../deploy/NoForm';
import { EMPTY_DRAFT, type DeployDraft } from '../deploy/draft';
import { InputFields } from '../deploy/fields/InputFields';
import { entriesOf, NOTHING_SAVED, valuesOf, withoutOwnFields } from '../deploy/inputs';
import { useAskedInputs } from '../deploy/useAskedInputs';
import { useDeployForm } from '../deploy/useDeployForm';
import { useDeployTarget } from '../deploy/useDeployTarget';
import { PipelineProvider } from '../shared/pipeline';
import { SecondaryText } from '../shared/SecondaryText';
import { harnessCdTranslationRef } from '../translation';
import { chosenEntity, type HarnessCdInputsOptions, type HarnessCdInputsValue } from './options';

type Props = FieldExtensionComponentProps<HarnessCdInputsValue, HarnessCdInputsOptions>;

/** The fields of a known pipeline; fields of the config repo's rules are parameters of the template. */
function Fields({
  answer,
  onRetry,
  formData,
  onChange,
  rawErrors = [],
}: Props & { answer: DeployTargetResponse; onRetry: () => void }) {
  const { rules, inputs: all = [] } = answer;
  const [draft, setDraft] = useState<DeployDraft>({ ...EMPTY_DRAFT, inputs: entriesOf(all, formData ?? {}) });
  const asked = useAskedInputs(all, draft.inputs, NOTHING_SAVED);
  const inputs = asked?.inputs;
  const target = useMemo(() => ({ inputs: rules && inputs ? withoutOwnFields(inputs) : inputs }), [rules, inputs]);
  const change = (changed: DeployDraft) => {
    setDraft(changed);
    onChange(valuesOf(target.inputs ?? [], changed.inputs) ?? {});
  };
  const isUntold = formData === undefined;
  useEffect(() => {
    // The scaffolder checks no parameter that has no value yet.
    if (isUntold) onChange({});
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [isUntold]);
  const form = useDeployForm(target, draft, change, undefined, asked?.asking);
  const { markSubmitted } = form;
  const isRefused = rawErrors.length > 0;
  useEffect(() => {
    if (isRefused) markSubmitted();
    // Once it was refused, each field says by itself what is still wrong with it.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [isRefused]);
  return <InputFields form={form} answer={answer} onRetry={onRetry} takesFocus={false} />;
}

function InputsOfEntity(props: Props) {
  const { data: answer, error, refetch } = useDeployTarget();
  if (!answer?.inputs) return <NoForm error={error} failure={answer?.failure} onRetry={refetch} />;
  return (
    <Flex direction="column" gap="3">
      <Fields {...props} answer={answer} onRetry={refetch} />
    </Flex>
  );
}

/**
 * A field of a software template with a field for each input of the live pipeline of an entity, as in the deploy dialog:
 * no template author writes them again.
 *
 * @public
 */
export function HarnessCdInputs(props: FieldExtensionComponentProps<HarnessCdInputsValue, HarnessCdInputsOptions>) {
  const { t } = useTranslationRef(harnessCdTranslationRef);
  const options = props.uiSchema['ui:options'] ?? {};
  const chosen = chosenEntity(options, props.formContext?.formData);
  if (!chosen) return <SecondaryText as="p">{t('template.noEntity')}</SecondaryText>;
  const { kind, namespace, name } = chosen;
  // Its name is all that is asked about it.
  const entity = { apiVersion: 'backstage.io/v1alpha1', kind, metadata: { namespace, name } };
  return (
    <EntityProvider entity={entity} key={stringifyEntityRef(chosen)}>
      <PipelineProvider value={options.pipeline}>
        <InputsOfEntity {...props} />
      </PipelineProvider>
    </EntityProvider>
  );
}
