import { useMemo, useState } from 'react';
import type {
  DeployBody,
  DeployRequest,
  DeployRules,
  DeployTarget,
  EnvironmentRules,
  RequiredField,
  RuntimeInput,
  Violation,
} from 'backstage-plugin-harness-cd-common';
import { fieldOfInput, placesOf, valuesOf, type InputEntries } from '../inputs';
import { useDeployValidation } from './useHarnessCd';
import { useNow } from './useNow';

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

const CLOCK_RENEWAL_MS = 15_000;

function fieldsOf(draft: DeployDraft, rules: DeployRules, environment: EnvironmentRules | undefined): DeployRequest {
  const request: DeployRequest = {
    service: rules.service,
    imageTag: draft.imageTag.trim(),
    environment: draft.environment,
    region: draft.region,
  };
  for (const field of environment?.requiredFields ?? []) {
    const text = draft[field].trim();
    if (text) request[field] = text;
  }
  return request;
}

/** Whether a violation is about when, not about what was filled in. */
export function isAboutTime(violation: Violation): boolean {
  return violation.code === 'CHANGE_WINDOW_CLOSED' || violation.code === 'TIME_ZONE_UNKNOWN';
}

function withoutDoubles(violations: Violation[]): Violation[] {
  const seen = new Map(violations.map(violation => [`${violation.code} ${violation.path}`, violation]));
  return [...seen.values()];
}

const NO_INPUTS: RuntimeInput[] = [];

/** The deploy form's state: the draft, its check while typing, and what may be said beside which field by now. */
export function useDeployForm(target: DeployTarget, draft: DeployDraft, setDraft: (draft: DeployDraft) => void) {
  const { rules, inputs = NO_INPUTS } = target;
  const validation = useDeployValidation();
  const now = useNow(CLOCK_RENEWAL_MS);
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set());
  const [isSubmitted, setIsSubmitted] = useState(false);
  const [refusal, setRefusal] = useState<{ requestText: string; violations: Violation[] }>();

  const environment = rules?.environments.find(({ name }) => name === draft.environment);
  const places = useMemo(() => placesOf(inputs, rules !== undefined), [inputs, rules]);
  const request: DeployBody = useMemo(() => {
    const values = valuesOf(places.here, draft.inputs);
    return { ...(rules && fieldsOf(draft, rules, environment)), ...(values && { inputs: values }) };
  }, [draft, rules, environment, places]);
  const requestText = JSON.stringify(request);

  const violations = useMemo(() => {
    const verdict = validation.data?.validateDeploy(requestText, target, now);
    const found = verdict?.kind === 'rejected' ? verdict.violations : [];
    // What the backend refused stands until the request is another one.
    const refused = refusal?.requestText === requestText ? refusal.violations : [];
    return withoutDoubles([...found, ...refused]);
  }, [validation.data, requestText, target, now, refusal]);

  const fields: string[] = [
    ...(rules ? ['imageTag'] : []),
    ...places.here.map(fieldOfInput),
    ...(rules ? ['environment', 'region', ...(environment?.requiredFields ?? [])] : []),
  ];
  const fieldOf = ({ path }: Violation) => fields.find(field => path === `/${field}`);
  const isShown = (field: string) => isSubmitted || touched.has(field);

  return {
    request,
    environment,
    /** Whether the service is in the config repo, and has fields of its own. */
    hasFields: rules !== undefined,
    /** The pipeline's own inputs, by where they can be given. */
    places,
    now,
    /** Why the form cannot be checked here, if so. */
    checkError: validation.error,
    isValid: violations.length === 0,
    /** Reasons of time, once an environment is chosen. */
    blocking: environment ? violations.filter(isAboutTime) : [],
    /** Reasons that belong to no field on the screen, once submitted. */
    general: isSubmitted ? violations.filter(violation => !isAboutTime(violation) && !fieldOf(violation)) : [],
    /** The first field with a reason, in the order of the screen. */
    firstInvalidField: fields.find(field => violations.some(violation => fieldOf(violation) === field)),
    /** The reasons to show beside a field: none before it was left or the form submitted. */
    errorsOf: (field: string): Violation[] =>
      isShown(field) ? violations.filter(violation => fieldOf(violation) === field && !isAboutTime(violation)) : [],
    change: (field: DeployField, value: string) => setDraft({ ...draft, [field]: value }),
    changeInput: (pointer: string, entry: string | string[]) =>
      setDraft({ ...draft, inputs: { ...draft.inputs, [pointer]: entry } }),
    /** Choosing an environment keeps the region where the new one has it, and takes the only one. */
    chooseEnvironment: (name: string) => {
      const regions = rules?.environments.find(candidate => candidate.name === name)?.regions ?? [];
      const kept = regions.includes(draft.region) ? draft.region : '';
      setDraft({ ...draft, environment: name, region: regions.length === 1 ? regions[0] : kept });
    },
    touch: (field: string) => setTouched(before => new Set(before).add(field)),
    markSubmitted: () => setIsSubmitted(true),
    refuse: (refused: Violation[]) => {
      setIsSubmitted(true);
      setRefusal({ requestText, violations: refused });
    },
  };
}

/** {@link useDeployForm}'s answer. */
export type DeployForm = ReturnType<typeof useDeployForm>;
