import { useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { DeployTarget, RuntimeInput, Violation } from 'backstage-plugin-harness-cd-common';
import { useWhenReleased } from '../shared/useWhenReleased';
import { useNow } from '../shared/time/useNow';
import { environmentOf, recordFieldsOf, requestOf, withEnvironment, type DeployDraft, type DeployField } from './draft';
import {
  askedInputs,
  chosenAt,
  fieldOfInput,
  groupInputs,
  hasOwnField,
  NOTHING_SAVED,
  tagInputOf,
  withoutDependents,
  withoutOwnFields,
  type InputEntry,
  type InputGroups,
} from './inputs';
import type { Refusal } from '../shared/start';
import { useViolations } from './useViolations';
import { isAboutTime } from './violations';

const CLOCK_RENEWAL_MS = 15_000;
const NO_INPUTS: RuntimeInput[] = [];

function useInputGroups({ rules, inputs = NO_INPUTS, stages }: DeployTarget, chosen: string[]): InputGroups {
  return useMemo(() => {
    const asked = askedInputs(inputs, stages ?? [], chosen);
    return groupInputs(rules ? withoutOwnFields(asked) : asked);
  }, [rules, inputs, stages, chosen]);
}

/** The fields that hold a list of names: what is wrong with one of them is said beside the field. */
const LISTS = ['inputSets', 'stages'];
const NO_VIOLATIONS: Violation[] = [];

/** The reasons of each field on the screen, and of none: each reason is looked at once, for a form may have hundreds. */
function sortOut(violations: Violation[], fields: string[]) {
  const shown = new Set(fields);
  const ofField = new Map<string, Violation[]>();
  const ofNone: Violation[] = [];
  for (const violation of violations) {
    const exact = violation.path.slice(1);
    const list = LISTS.find(name => shown.has(name) && violation.path.startsWith(`/${name}/`));
    const field = shown.has(exact) ? exact : list;
    if (field === undefined) ofNone.push(violation);
    else ofField.set(field, [...(ofField.get(field) ?? []), violation]);
  }
  return { ofField, ofNone };
}

/** Every field on the screen, in its order. */
function fieldsOf({ rules }: DeployTarget, draft: DeployDraft, { inForm }: InputGroups): string[] {
  const inputs = inForm.map(fieldOfInput);
  if (!rules) return [...LISTS, ...inputs];
  return [
    'inputSets',
    'imageTag',
    'stages',
    ...inputs,
    'environment',
    'region',
    ...recordFieldsOf(environmentOf(draft, rules)),
  ];
}

/** Which fields' reasons are shown: none before a field was left or the form submitted. */
function useShownFields(wasSubmitted: boolean) {
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set());
  const whenReleased = useWhenReleased();
  const [isSubmitted, setIsSubmitted] = useState(wasSubmitted);
  return {
    isSubmitted,
    isShown: (field: string) => isSubmitted || touched.has(field),
    // What is said beside a field moves what stands below it, and with it the button that is being clicked.
    touch: (field: string) => whenReleased(() => setTouched(before => new Set(before).add(field))),
    markSubmitted: () => setIsSubmitted(true),
  };
}

/** What changes the draft: the latest one, also for a field that was not shown again since. */
function useChanges(
  { rules, inputs = NO_INPUTS }: DeployTarget,
  draft: DeployDraft,
  setDraft: (draft: DeployDraft) => void,
  asking: RuntimeInput[],
) {
  const latest = useRef(draft);
  useLayoutEffect(() => {
    latest.current = draft;
  }, [draft]);
  return {
    change: (field: DeployField, value: string) => setDraft({ ...latest.current, [field]: value }),
    chooseStages: (stages: string[]) => setDraft({ ...latest.current, stages }),
    chooseInputSets: (inputSets: string[]) => setDraft({ ...latest.current, inputSets }),
    changeInput: (pointer: string, entry: InputEntry) => {
      const given = latest.current.inputs;
      const isSame = JSON.stringify(given[pointer]) === JSON.stringify(entry);
      const kept = isSame ? given : withoutDependents(given, pointer, { inputs, asking });
      setDraft({ ...latest.current, inputs: { ...kept, [pointer]: entry } });
    },
    chooseEnvironment: (name: string) => {
      const chosen = rules?.environments.find(environment => environment.name === name);
      if (chosen) setDraft(withEnvironment(latest.current, chosen));
    },
  };
}

/**
 * The deploy form's state: the draft, its check while typing, and what may be said beside which field by now. `asking` are
 * the objects that stand for what is asked for in turn.
 */
export function useDeployForm(
  target: DeployTarget,
  draft: DeployDraft,
  setDraft: (draft: DeployDraft) => void,
  refusal: Refusal | undefined,
  asking: RuntimeInput[] = NO_INPUTS,
) {
  const now = useNow(CLOCK_RENEWAL_MS);
  const changes = useChanges(target, draft, setDraft, asking);
  const inputs = useInputGroups(target, draft.stages);
  const { rules } = target;
  const request = useMemo(() => requestOf(draft, rules, inputs.inForm), [draft, rules, inputs]);
  const { violations, warnings, checkError } = useViolations(request, target, now, refusal);
  const { isSubmitted, isShown, touch, markSubmitted } = useShownFields(refusal !== undefined);

  const environment = environmentOf(draft, rules);
  const blocking = environment ? violations.filter(isAboutTime) : [];
  const fields = fieldsOf(target, draft, inputs);
  const { ofField, ofNone } = sortOut(violations, fields);

  return {
    draft,
    request,
    environment,
    /** What the environment wants on record; it waits where nothing can be sent now. */
    recordFields: blocking.length > 0 ? [] : recordFieldsOf(environment),
    /** The rules of the service; undefined where it is in no config repo, and has no fields of its own. */
    rules,
    /** The input of which the image's tag is the value, where Harness lists the tags. */
    tagInput: tagInputOf(target.inputs ?? NO_INPUTS),
    /** The inputs for which the form has fields of its own. */
    ownInputs: rules ? (target.inputs ?? NO_INPUTS).filter(hasOwnField) : NO_INPUTS,
    /** What the chosen input sets answer. */
    saved: target.saved ?? NOTHING_SAVED,
    /** The pipeline's own inputs, by how they can be given. */
    inputs,
    /** The time of the check, epoch ms. */
    now,
    /** Why the form cannot be checked here, if so. */
    checkError,
    isValid: violations.length === 0,
    /** What is to be known before it runs; nothing before it may. */
    warnings,
    /** Reasons of time, once an environment is chosen. */
    blocking,
    /** Reasons that belong to no field on the screen, once submitted. */
    general: isSubmitted ? ofNone.filter(violation => !isAboutTime(violation)) : [],
    /** The first field with a reason, in the order of the screen. */
    firstInvalidField: fields.find(field => ofField.has(field)),
    /** The reasons to show beside a field by now. */
    errorsOf: (field: string): Violation[] => {
      const reasons = isShown(field) ? ofField.get(field) : undefined;
      return reasons?.filter(violation => !isAboutTime(violation)) ?? NO_VIOLATIONS;
    },
    ...changes,
    touch,
    markSubmitted,
  };
}

/** {@link useDeployForm}'s answer. */
export type DeployFormState = ReturnType<typeof useDeployForm>;

/** What is chosen in a form by the input at a pointer. */
export function chosenIn(form: DeployFormState, pointer: string | undefined): string | undefined {
  const { inputs, draft, saved, ownInputs } = form;
  const own = ownInputs.find(input => input.pointer === pointer);
  if (own?.name === 'targetEnvironment') return draft.environment || undefined;
  if (own?.name === 'targetRegion') return draft.region || undefined;
  return chosenAt(pointer, { inputs: inputs.inForm, entries: draft.inputs, saved });
}
