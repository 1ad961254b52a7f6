import { DEPLOY_VARIABLES, type InputValue, type RuntimeInput } from 'backstage-plugin-harness-cd-common';

/** What a person gave for inputs of the pipeline, by their pointers. */
export type InputEntries = Readonly<Record<string, string | string[]>>;

/** The inputs of a pipeline, by how they can be given. */
export interface InputGroups {
  /** In the form. */
  inForm: RuntimeInput[];
  /** In Harness alone: objects and lists, before the start. */
  beforeStart: RuntimeInput[];
  /** In Harness alone, when the pipeline asks in mid-run. */
  duringRun: RuntimeInput[];
}

function isStructured({ kind }: RuntimeInput): boolean {
  return kind === 'object' || kind === 'list';
}

/** Whether a service of the config repo has a field of its own for an input. */
function hasOwnField({ pointer, name = '' }: RuntimeInput): boolean {
  return pointer.startsWith('/pipeline/variables/') && DEPLOY_VARIABLES.includes(name);
}

/** The inputs that are given beside the fields of a service of the config repo. */
export function withoutOwnFields(inputs: RuntimeInput[]): RuntimeInput[] {
  return inputs.filter(input => !hasOwnField(input));
}

/** Sorts a pipeline's inputs by how they can be given. */
export function groupInputs(inputs: RuntimeInput[]): InputGroups {
  return {
    inForm: inputs.filter(input => !input.executionInput && !isStructured(input)),
    beforeStart: inputs.filter(input => !input.executionInput && isStructured(input)),
    duringRun: inputs.filter(input => input.executionInput),
  };
}

/** Where the value of an input stands in a deploy request, without the leading slash. */
export function fieldOfInput({ pointer }: RuntimeInput): string {
  return `inputs/${pointer.replace(/~/g, '~0').replace(/\//g, '~1')}`;
}

/** Whether nothing is given for an input any more, so that its default takes the place of what was there. */
export function isCleared({ pointer }: RuntimeInput, entries: InputEntries): boolean {
  const entry = entries[pointer];
  return entry !== undefined && isBlank(entry);
}

/** What the form shows for an input: what was given, or else the default. */
export function entryOf(input: RuntimeInput, entries: InputEntries): string | string[] {
  return entries[input.pointer] ?? (input.selectMany ? (input.defaultValues ?? []) : (input.default ?? ''));
}

function isBlank(entry: string | string[]): boolean {
  return (typeof entry === 'string' ? entry.trim() : entry).length === 0;
}

/** What a request says of the inputs: what was given and is not blank. Harness takes the default for any other. */
export function valuesOf(inputs: RuntimeInput[], entries: InputEntries): Record<string, InputValue> | undefined {
  const given = inputs
    .map(({ pointer }) => [pointer, entries[pointer]] as const)
    .filter(([, entry]) => entry !== undefined && !isBlank(entry));
  return given.length > 0 ? (Object.fromEntries(given) as Record<string, InputValue>) : undefined;
}
