import { DEPLOY_VARIABLES, type InputValue, type RuntimeInput } from 'backstage-plugin-harness-cd-common';

/** What a person gave for inputs of the pipeline, by their pointers. */
export type InputEntries = Readonly<Record<string, string | string[]>>;

/** The inputs of a pipeline, by where they can be given. */
export interface InputPlaces {
  /** In the form. */
  here: RuntimeInput[];
  /** In Harness alone: objects and lists, before the start. */
  before: RuntimeInput[];
  /** In Harness alone, when the pipeline asks in mid-run. */
  during: RuntimeInput[];
}

/** Sorts a pipeline's inputs by where they can be given; a service of the config repo has fields for some of them. */
export function placesOf(inputs: RuntimeInput[], hasFields: boolean): InputPlaces {
  const further = inputs.filter(
    ({ pointer, name = '' }) =>
      !(hasFields && pointer.startsWith('/pipeline/variables/') && DEPLOY_VARIABLES.includes(name)),
  );
  const isStructured = ({ kind }: RuntimeInput) => kind === 'object' || kind === 'list';
  return {
    here: further.filter(input => !input.executionInput && !isStructured(input)),
    before: further.filter(input => !input.executionInput && isStructured(input)),
    during: further.filter(input => input.executionInput),
  };
}

/** Where the value of an input stands in a deploy request, without the leading slash. */
export function fieldOfInput({ pointer }: RuntimeInput): string {
  return `inputs/${pointer.replace(/~/g, '~0').replace(/\//g, '~1')}`;
}

/** What a person calls an input. */
export function nameOfInput({ name, pointer }: RuntimeInput): string {
  return name ?? pointer;
}

/** What the form shows for an input: what was given, or else the default. */
export function entryOf(input: RuntimeInput, entries: InputEntries): string | string[] {
  return entries[input.pointer] ?? (input.selectMany ? (input.defaultValues ?? []) : (input.default ?? ''));
}

/** What a request says of the inputs: what was given and is not blank. Harness takes the default for any other. */
export function valuesOf(inputs: RuntimeInput[], entries: InputEntries): Record<string, InputValue> | undefined {
  const given = inputs
    .map(({ pointer }) => [pointer, entries[pointer]] as const)
    .filter(([, entry]) => entry !== undefined && (typeof entry === 'string' ? entry.trim() : entry).length > 0);
  return given.length > 0 ? (Object.fromEntries(given) as Record<string, InputValue>) : undefined;
}
