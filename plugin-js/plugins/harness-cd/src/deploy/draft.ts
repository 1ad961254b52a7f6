import type {
  DeployBody,
  DeployRequest,
  DeployRules,
  EnvironmentRules,
  RequiredField,
  RuntimeInput,
} from 'backstage-plugin-harness-cd-common';
import { valuesOf, type InputEntries } from './inputs';

/** The fields a person fills in. */
export type DeployField = 'imageTag' | 'environment' | 'region' | RequiredField;

/** What has been filled in so far; `''` where nothing has. */
export type DeployDraft = Record<DeployField, string> & { inputs: InputEntries };

/** A draft with nothing in it. */
export const EMPTY_DRAFT: DeployDraft = {
  imageTag: '',
  environment: '',
  region: '',
  changeTicket: '',
  rollbackPlan: '',
  businessJustification: '',
  inputs: {},
};

/** What the rules say of the environment that was chosen. */
export function environmentOf(draft: DeployDraft, rules: DeployRules | undefined): EnvironmentRules | undefined {
  return rules?.environments.find(({ name }) => name === draft.environment);
}

/** What the environment wants to have on record. */
export function recordFieldsOf(environment: EnvironmentRules | undefined): RequiredField[] {
  return environment?.requiredFields ?? [];
}

/** A draft with another environment: it keeps the region where the new one has it, and takes the only one. */
export function withEnvironment(draft: DeployDraft, { name, regions }: EnvironmentRules): DeployDraft {
  const kept = regions.includes(draft.region) ? draft.region : '';
  return { ...draft, environment: name, region: regions.length === 1 ? regions[0] : kept };
}

function fieldsOf(draft: DeployDraft, rules: DeployRules): DeployRequest {
  const request: DeployRequest = {
    service: rules.service,
    imageTag: draft.imageTag.trim(),
    environment: draft.environment,
    region: draft.region,
  };
  for (const field of recordFieldsOf(environmentOf(draft, rules))) {
    const text = draft[field].trim();
    if (text) request[field] = text;
  }
  return request;
}

/** What a draft asks for: the fields of a service of the config repo, and the inputs of the form. */
export function requestOf(draft: DeployDraft, rules: DeployRules | undefined, inputs: RuntimeInput[]): DeployBody {
  const values = valuesOf(inputs, draft.inputs);
  return { ...(rules && fieldsOf(draft, rules)), ...(values && { inputs: values }) };
}
