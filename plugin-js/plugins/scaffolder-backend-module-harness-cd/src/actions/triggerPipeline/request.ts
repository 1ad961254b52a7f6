import {
  DEPLOY_VARIABLES,
  type DeployBody,
  type DeployRequest,
  type DeployRules,
  type InputValue,
} from 'backstage-plugin-harness-cd-common';

/** The fields that a step gives under the names that a deploy request has for them. */
const FIELDS = ['changeTicket', 'rollbackPlan', 'businessJustification'] as const;

/** What of a step's input goes into the deploy request. */
export interface RequestInput extends Pick<DeployRequest, (typeof FIELDS)[number] | 'inputSets' | 'stages'> {
  variables: Record<string, InputValue | undefined>;
}

/**
 * A step's input as a deploy request. Pipelines of the config repo take three of the variables as fields of the
 * request; any other takes them as they are.
 */
export function requestOf(input: RequestInput, rules: DeployRules | undefined): DeployBody {
  const variables = Object.fromEntries(Object.entries(input.variables).map(([name, value]) => [name, asTyped(value)]));
  const isField = (name: string) => rules && DEPLOY_VARIABLES.includes(name);
  const further = Object.entries(variables).filter(([name]) => !isField(name));
  const place = rules && {
    service: rules.service,
    imageTag: variables.imageTag,
    environment: variables.targetEnvironment,
    region: variables.targetRegion,
  };
  const inputs = further.length > 0 ? Object.fromEntries(further) : undefined;
  const named = Object.fromEntries(FIELDS.map(name => [name, asTyped(input[name])]));
  // What is missing or wrong is for the backend to say, all at once.
  const { inputSets, stages } = input;
  return JSON.parse(JSON.stringify({ ...place, ...named, inputSets, stages, inputs }));
}

/** What a request does, in words. Only a pipeline of the config repo deploys a service that is known by name. */
export function describe(request: DeployBody, pipeline: string): string {
  if (!('service' in request)) return `the pipeline ${pipeline}`;
  const { service, imageTag, environment, region } = request;
  return `${service} ${imageTag} to ${environment} in ${region}`;
}

/** A value without what a person types around it, as the dialog takes it; the core takes numbers as texts. */
function asTyped(value: InputValue | undefined): InputValue | undefined {
  if (typeof value === 'string') {
    const text = value.trimEnd();
    // The first line of YAML keeps its place.
    return text.includes('\n') ? text : text.trimStart();
  }
  return typeof value === 'number' ? String(value) : value;
}
