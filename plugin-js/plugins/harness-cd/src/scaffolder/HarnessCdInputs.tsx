import { useMemo, useState } from 'react';
import { parseEntityRef } from '@backstage/catalog-model';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { EntityProvider } from '@backstage/plugin-catalog-react';
import type { FieldExtensionComponentProps } from '@backstage/plugin-scaffolder-react';
import { Flex } from '@backstage/ui';
import type { DeployTargetResponse, InputValue } from 'backstage-plugin-harness-cd-common';
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

/**
 * What a template gives `HarnessCdInputs` as its `ui:options`.
 *
 * @public
 */
export interface HarnessCdInputsOptions {
  /** The entity whose pipeline runs, where it is always the same. */
  entityRef?: string;
  /** The parameter of the template that holds the entity; `component` where nothing is said. */
  entityField?: string;
  /** Which of the entity's pipelines runs, by its label; its first where nothing is said. */
  pipeline?: string;
}

/**
 * What a template gets: values of the pipeline's inputs by their pointers, as `variables` of `harness:trigger-pipeline`
 * takes them.
 *
 * @public
 */
export type HarnessCdInputsValue = Record<string, InputValue>;

type Props = FieldExtensionComponentProps<HarnessCdInputsValue, HarnessCdInputsOptions>;

/** The name of an entity as text, which is all that is asked about it. */
function entityOf(text: string) {
  try {
    const { kind, namespace, name } = parseEntityRef(text, { defaultKind: 'component', defaultNamespace: 'default' });
    return { apiVersion: 'backstage.io/v1alpha1', kind, metadata: { namespace, name } };
  } catch {
    return undefined;
  }
}

/** The fields of a known pipeline; fields of the config repo's rules are parameters of the template. */
function Fields({
  answer,
  onRetry,
  formData,
  onChange,
}: Props & { answer: DeployTargetResponse; onRetry: () => void }) {
  const { rules, inputs: all = [] } = answer;
  const [draft, setDraft] = useState<DeployDraft>({ ...EMPTY_DRAFT, inputs: entriesOf(all, formData ?? {}) });
  const asked = useAskedInputs(all, draft.inputs, NOTHING_SAVED);
  const target = useMemo(() => ({ inputs: rules && asked ? withoutOwnFields(asked) : asked }), [rules, asked]);
  const change = (changed: DeployDraft) => {
    setDraft(changed);
    onChange(valuesOf(target.inputs ?? [], changed.inputs) ?? {});
  };
  const form = useDeployForm(target, draft, change, undefined);
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
  const { entityRef, entityField = 'component', pipeline } = props.uiSchema['ui:options'] ?? {};
  const text = entityRef ?? props.formContext?.formData?.[entityField];
  const entity = typeof text === 'string' && text !== '' ? entityOf(text) : undefined;
  if (!entity) return <SecondaryText as="p">{t('template.noEntity')}</SecondaryText>;
  return (
    <EntityProvider entity={entity} key={text}>
      <PipelineProvider value={pipeline}>
        <InputsOfEntity {...props} />
      </PipelineProvider>
    </EntityProvider>
  );
}
