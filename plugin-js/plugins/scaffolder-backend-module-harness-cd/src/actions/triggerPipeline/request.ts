import { InputError } from '@backstage/errors';
import {
  type AllowedDeployment,
  DEPLOY_VARIABLES,
  type DeployRequest,
  type DeployRules,
  type InputValue,
  type Violation,
} from 'backstage-plugin-harness-cd-common';
import type { HarnessCdService, RuledPipeline } from 'backstage-plugin-harness-cd-node';

/** The fields that a step gives under the names that a deploy request has for them. */
const FIELDS = ['changeTicket', 'rollbackPlan', 'businessJustification'] as const;

/** What of a step's input goes into the deploy request. */
export interface RequestInput extends Pick<DeployRequest, (typeof FIELDS)[number]> {
  variables: Record<string, InputValue | undefined>;
}

/** The pipeline of the portal's project that a step names. */
export async function readPipeline(pipelineId: string, harnessCd: HarnessCdService): Promise<RuledPipeline> {
  const named = { ...harnessCd.scope, pipeline: pipelineId };
  const rules = await harnessCd.deployRules(named);
  return { pipeline: rules ? { ...named, pipeline: rules.pipeline } : named, rules };
}

/** Makes a step's input a deploy request and checks it. Throws an `InputError` that names every broken rule. */
export async function checkRequest(
  input: RequestInput,
  target: RuledPipeline,
  harnessCd: HarnessCdService,
): Promise<AllowedDeployment> {
  const requestText = JSON.stringify(requestOf(input, target.rules));
  const check = await harnessCd.checkDeploy(requestText, target);
  if (check.kind === 'rejected') throw new InputError(rejection(check.violations));
  return check;
}

/** What a checked request does, in words. Only a pipeline of the config repo deploys a service that is known by name. */
export function describeDeployment({ pipeline, request }: AllowedDeployment): string {
  const { service, imageTag, environment, region } = request;
  return service ? `${service} ${imageTag} to ${environment} in ${region}` : `the pipeline ${pipeline.pipeline}`;
}

/** Pipelines of the config repo take three of the variables as fields of the request; any other takes them as they are. */
function requestOf(input: RequestInput, rules: DeployRules | undefined): object {
  const { variables } = input;
  const isField = (name: string) => rules && DEPLOY_VARIABLES.includes(name);
  const further = Object.entries(variables).filter(([name]) => !isField(name));
  const place = rules && {
    service: rules.service,
    imageTag: variables.imageTag,
    environment: variables.targetEnvironment,
    region: variables.targetRegion,
  };
  // The core takes whole numbers and texts, so that no digit is lost.
  const texts = further.map(([name, value]) => [name, typeof value === 'number' ? String(value) : value]);
  const inputs = texts.length > 0 ? Object.fromEntries(texts) : undefined;
  const named = Object.fromEntries(FIELDS.map(name => [name, input[name]]));
  return { ...place, ...named, inputs };
}

function rejection(violations: Violation[]): string {
  return ['The deployment breaks the rules:', ...violations.map(({ path, message }) => `- ${path}: ${message}`)].join(
    '\n',
  );
}
