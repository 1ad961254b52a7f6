import {
  DEPLOY_VARIABLES,
  type InputValue,
  type PipelineStage,
  RECORD_VARIABLES,
  type RuntimeInput,
} from 'backstage-plugin-harness-cd-common';

/** The members of an object that a person gives: of a build one of its kinds, of a source its name, type and tag. */
export type Members = Readonly<Record<string, string>>;

/** What a person gave for an input, as the form shows it. */
export type InputEntry = string | string[] | Members;

/** What the chosen input sets answer, by the pointers of the inputs. */
export type SavedValues = Readonly<Record<string, InputValue>>;

/** Where no input set is chosen. */
export const NOTHING_SAVED: SavedValues = {};

/** What a person gave for inputs of the pipeline, by their pointers. */
export type InputEntries = Readonly<Record<string, InputEntry>>;

/** Whether an entry has members, and not one text or several. */
export function isMembers(entry: InputEntry): entry is Members {
  return typeof entry === 'object' && !Array.isArray(entry);
}

/** The inputs of a pipeline, by how they can be given. */
export interface InputGroups {
  /** In the form. */
  inForm: RuntimeInput[];
  /** When the pipeline asks in mid-run. */
  duringRun: RuntimeInput[];
}

/** Whether it is an object or a list of any members, which is given as YAML. */
export function isStructure({ kind, shape }: Pick<RuntimeInput, 'kind' | 'shape'>): boolean {
  return (kind === 'object' || kind === 'list') && shape === undefined;
}

/** Whether a service of the config repo has a field of its own for an input. */
export function hasOwnField({ pointer, name = '' }: RuntimeInput): boolean {
  const isField = DEPLOY_VARIABLES.includes(name) || RECORD_VARIABLES.includes(name);
  return pointer.startsWith('/pipeline/variables/') && isField;
}

/** The input that the field for the image's tag stands for, where Harness lists the tags. */
export function tagInputOf(inputs: RuntimeInput[]): RuntimeInput | undefined {
  return inputs.find(input => hasOwnField(input) && input.choices?.of === 'tag');
}

/** The inputs that are given beside the fields of a service of the config repo. */
export function withoutOwnFields(inputs: RuntimeInput[]): RuntimeInput[] {
  return inputs.filter(input => !hasOwnField(input));
}

/** The inputs that a run of the chosen stages asks for: all of them where none is chosen. */
export function askedInputs(inputs: RuntimeInput[], stages: PipelineStage[], chosen: string[]): RuntimeInput[] {
  if (chosen.length === 0) return inputs;
  return inputs.filter(({ pointer }) => {
    // What was chosen asks for stands below the object that stands for it.
    const asking = stages.filter(stage => stage.inputs.some(own => pointer === own || pointer.startsWith(`${own}/`)));
    return asking.length === 0 || asking.some(({ identifier }) => chosen.includes(identifier));
  });
}

/** Sorts a pipeline's inputs by how they can be given. */
export function groupInputs(inputs: RuntimeInput[]): InputGroups {
  return {
    inForm: inputs.filter(input => !input.executionInput),
    duringRun: inputs.filter(input => input.executionInput),
  };
}

/** Where the value of an input stands in a deploy request, without the leading slash. */
export function fieldOfInput({ pointer }: RuntimeInput): string {
  return `inputs/${pointer.replace(/~/g, '~0').replace(/\//g, '~1')}`;
}

/** Whether nothing is given for an input any more, so that its default takes the place of what was there. */
export function isCleared(input: RuntimeInput, entries: InputEntries): boolean {
  const entry = entries[input.pointer];
  return entry !== undefined && valueOf(input, entry) === undefined;
}

/** What the form shows for an input: what was given, or else what an input set answers, or else the default. */
export function entryOf(input: RuntimeInput, entries: InputEntries, saved: SavedValues): InputEntry {
  return entries[input.pointer] ?? entryOfValue(input, saved[input.pointer]) ?? untouchedEntryOf(input);
}

/** What the form shows of a value; undefined where it has no field for as much. */
function entryOfValue(
  input: Pick<RuntimeInput, 'kind' | 'shape' | 'selectMany'>,
  value: InputValue | undefined,
): InputEntry | undefined {
  if (value === undefined) return undefined;
  // JSON is YAML.
  if (isStructure(input)) return typeof value === 'object' ? JSON.stringify(value, null, 2) : String(value);
  const { shape, selectMany } = input;
  const first = Array.isArray(value) ? value[0] : value;
  if (typeof first === 'object') {
    return (shape === 'build' || shape === 'sources') && !Array.isArray(first) ? membersOf(first) : undefined;
  }
  if (Array.isArray(value)) return value.map(String);
  // Several values for one input are one text in Harness.
  if (selectMany) return String(value).split(',');
  return shape === undefined ? String(value) : [String(value)];
}

/** The members of a build or of a source as Harness writes them, without what stands around them. */
function membersOf({ spec, ...source }: Record<string, InputValue>): Members {
  const isBuild = source.identifier === undefined;
  const members = isBuild ? (spec ?? source) : { ...source, ...Object(spec) };
  return Object.fromEntries(
    Object.entries(members).filter((member): member is [string, string] => typeof member[1] === 'string'),
  );
}

/** A saved value as a person reads it. */
export function savedText(value: InputValue | undefined): string | undefined {
  if (value === undefined) return undefined;
  return typeof value === 'object' && !(Array.isArray(value) && typeof value[0] !== 'object')
    ? JSON.stringify(value)
    : [value].flat().join(', ');
}

/** What is chosen by the input at a pointer; undefined where there is none, or nothing is. */
export function chosenAt(
  pointer: string | undefined,
  given: { inputs: RuntimeInput[]; entries: InputEntries; saved: SavedValues },
): string | undefined {
  const chosen = given.inputs.find(input => input.pointer === pointer);
  const entry = chosen && entryOf(chosen, given.entries, given.saved);
  return typeof entry === 'string' && entry.trim() !== '' ? entry.trim() : undefined;
}

/** What a pipeline asks for, and the objects in it that stand for what something asks for once it is chosen. */
export interface AskedInputs {
  inputs: RuntimeInput[];
  asking: RuntimeInput[];
}

/**
 * What is given, without what says nothing any more once something else is chosen at a pointer: what was chosen within
 * it, and what it asked for.
 */
export function withoutDependents<T>(
  given: Readonly<Record<string, T>>,
  pointer: string,
  { inputs, asking }: AskedInputs,
): Readonly<Record<string, T>> {
  const within = inputs.filter(({ choices }) => [choices?.withinInput, choices?.sourceInput].includes(pointer));
  const objects = asking.filter(({ askedBy: by }) =>
    [by?.serviceInput, by?.environmentInput, by?.sourceInput].includes(pointer),
  );
  const isStale = (place: string) =>
    [...within, ...objects].some(input => input.pointer === place) ||
    objects.some(object => place.startsWith(`${object.pointer}/`));
  const stale = Object.keys(given).filter(isStale);
  const kept = Object.entries(given).filter(([place]) => !isStale(place));
  // What is left gets less each time, so that this ends.
  return stale.reduce<Readonly<Record<string, T>>>(
    (left, place) => withoutDependents(left, place, { inputs, asking }),
    Object.fromEntries(kept),
  );
}

/** What input sets answer, without what hangs on an answer in whose place something else was given. */
export function standingValues(saved: SavedValues, entries: InputEntries, inputs: RuntimeInput[]): SavedValues {
  const overridden = inputs.filter(input => {
    const entry = entries[input.pointer];
    const value = entry === undefined ? undefined : valueOf(input, entry);
    const answered = entryOfValue(input, saved[input.pointer]);
    return value !== undefined && answered !== undefined && JSON.stringify(value) !== JSON.stringify(answered);
  });
  return overridden.reduce((left, { pointer }) => withoutDependents(left, pointer, { inputs, asking: inputs }), saved);
}

/** The names that are chosen for a list; none where it is given whole. */
export function chosenNames(list: RuntimeInput, entries: InputEntries, saved: SavedValues): string[] {
  const entry = entryOf(list, entries, saved);
  return Array.isArray(entry) ? entry.map(name => name.trim()).filter(name => name !== '') : [];
}

function untouchedEntryOf({ shape, selectMany, defaultValues = [], default: value = '' }: RuntimeInput): InputEntry {
  if (shape === 'build') return { branch: '' };
  if (shape === 'sources') return {};
  return shape !== undefined || selectMany ? defaultValues : value;
}

/** The members that are not blank. */
function filledIn(members: Members): Members {
  const texts = Object.entries(members).map(([name, text]) => [name, text.trim()] as const);
  return Object.fromEntries(texts.filter(([, text]) => text !== ''));
}

/** What of a source was filled in, as Harness takes it; what is missing is left to the check. */
function sourceOf(members: Members): Record<string, InputValue> {
  const { tag, ...source } = filledIn(members);
  return tag === undefined ? source : { ...source, spec: { tag } };
}

/** What an entry gives an input; undefined where that is nothing. */
function valueOf({ shape }: RuntimeInput, entry: InputEntry): InputValue | undefined {
  if (typeof entry === 'string') return entry.trim() === '' ? undefined : entry;
  if (Array.isArray(entry)) {
    const texts = entry.filter(text => text.trim() !== '').map(text => (shape === undefined ? text : text.trim()));
    return texts.length > 0 ? texts : undefined;
  }
  const members = filledIn(entry);
  if (Object.keys(members).length === 0) return undefined;
  return shape === 'sources' ? [sourceOf(members)] : members;
}

/** What a request says of the inputs: what was given and is not blank. Harness takes the default for any other. */
export function valuesOf(inputs: RuntimeInput[], entries: InputEntries): Record<string, InputValue> | undefined {
  const given = inputs.flatMap(input => {
    const entry = entries[input.pointer];
    const value = entry === undefined ? undefined : valueOf(input, entry);
    return value === undefined ? [] : [[input.pointer, value] as const];
  });
  return given.length > 0 ? Object.fromEntries(given) : undefined;
}

/** What a form shows of values that it gave before. */
export function entriesOf(inputs: RuntimeInput[], values: Record<string, InputValue>): InputEntries {
  const entries = Object.entries(values).flatMap(([pointer, value]) => {
    // What was chosen asks for is not known at once, and is one text or several.
    const input = inputs.find(known => known.pointer === pointer) ?? { kind: 'text' as const };
    const entry = entryOfValue(input, value);
    return entry === undefined ? [] : [[pointer, entry] as const];
  });
  return Object.fromEntries(entries);
}

/** What an input may be chosen from; undefined where it is not. What an expression yields, Harness alone knows. */
export function choicesOf({ kind, allowedValues }: RuntimeInput): string[] | undefined {
  // A switch would show a choice that nobody has made.
  if (kind === 'boolean') return ['true', 'false'];
  return allowedValues?.some(value => value.includes('<+')) ? undefined : allowedValues;
}
