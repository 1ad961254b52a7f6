import type {
  DeployBody,
  DeployRequest,
  DeployRules,
  EnvironmentRules,
  RequiredField,
  RuntimeInput,
} from 'backstage-plugin-harness-cd-common';
import { hasOwnField, valuesOf, type InputEntries, type SavedValues } from './inputs';

/** The fields a person fills in. */
export type DeployField = 'imageTag' | 'environment' | 'region' | RequiredField;

/** What has been filled in so far; `''` where nothing has. */
export type DeployDraft = Record<DeployField, string> & {
  /** The identifiers of the chosen input sets, of which a later one wins. */
  inputSets: string[];
  /** The identifiers of the chosen stages; none is all of them. */
  stages: string[];
  inputs: InputEntries;
};

/** A draft with nothing in it. */
export const EMPTY_DRAFT: DeployDraft = {
  imageTag: '',
  environment: '',
  region: '',
  changeTicket: '',
  rollbackPlan: '',
  businessJustification: '',
  inputSets: [],
  stages: [],
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

/** A draft with what an input set answers of the fields that a service of the config repo has for itself. */
export function withSavedFields(
  draft: DeployDraft,
  rules: DeployRules,
  { inputs, saved }: { inputs: RuntimeInput[]; saved: SavedValues },
): DeployDraft {
  const textOf = (variable: string) => {
    const pointer = inputs.find(input => hasOwnField(input) && input.name === variable)?.pointer;
    const value = pointer === undefined ? undefined : saved[pointer];
    return typeof value === 'string' ? value : undefined;
  };
  const environment = rules.environments.find(({ name }) => name === textOf('targetEnvironment'));
  const placed = environment ? withEnvironment(draft, environment) : draft;
  const region = environmentOf(placed, rules)?.regions.find(name => name === textOf('targetRegion'));
  return { ...placed, region: region ?? placed.region, imageTag: textOf('imageTag') ?? placed.imageTag };
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
  const { inputSets, stages } = draft;
  return {
    ...(rules && fieldsOf(draft, rules)),
    ...(inputSets.length > 0 && { inputSets }),
    ...(stages.length > 0 && { stages }),
    ...(values && { inputs: values }),
  };
}
