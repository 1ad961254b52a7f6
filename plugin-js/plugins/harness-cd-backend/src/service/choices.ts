import { setTimeout as wait } from 'node:timers/promises';
import type {
  AskedKind,
  AskedQuery,
  AskedQuestion,
  AskedResponse,
  ChoiceQuestion,
  Choices,
  ChoicesQuery,
  ChoicesResponse,
  FailureBody,
  PipelineRef,
  RuntimeInput,
} from 'backstage-plugin-harness-cd-common';
import { failureBody, harnessFailure, isHarnessFailure, type HarnessCdService } from 'backstage-plugin-harness-cd-node';

/** So long a form waits for what Harness knows of an input; after that a person types. */
const PATIENCE_MS = 3_000;

/** So many tags go to a form at a time; a search finds the others. */
const TAGS_PER_ANSWER = 50;

/** What may be chosen for an input of a pipeline. That Harness does not answer, or not yet, is a part of the answer. */
export async function readChoices(
  pipeline: PipelineRef,
  query: ChoicesQuery,
  harnessCd: HarnessCdService,
): Promise<ChoicesResponse> {
  const find = async () => {
    const inputs = await inputsOf(pipeline, harnessCd);
    return inputAt(inputs, query.input) ?? inputOfService(pipeline, inputs, query, harnessCd);
  };
  const answer = await about(find, input => {
    const question = choiceOf(input.choices, query);
    if (question.of === 'tag') return () => readTags(pipeline, query.input, question, harnessCd);
    return async () => {
      const { value, asOf, failure } = await harnessCd.listChoices(pipeline, question);
      return { ...value, asOf, failure };
    };
  });
  return answer ?? { failure: tooLate(), isPending: true };
}

/** The tags that fit a search, as many as a form can show. */
async function readTags(
  pipeline: PipelineRef,
  input: string,
  { within: service, search = '' }: ChoiceQuestion,
  harnessCd: HarnessCdService,
): Promise<ChoicesResponse> {
  const { value, asOf, failure } = await harnessCd.listTags(pipeline, { input, service: service ?? '' });
  const searched = search.toLowerCase();
  const fitting = value.filter(tag => tag.toLowerCase().includes(searched));
  const choices = fitting.slice(0, TAGS_PER_ANSWER).map(tag => ({ value: tag, name: tag }));
  return { choices, hasMore: fitting.length > choices.length, total: fitting.length, asOf, failure };
}

/**
 * What was chosen asks for in place of an object, or as one of a list. That Harness does not answer is a part of the
 * answer.
 */
export async function readAsked(
  pipeline: PipelineRef,
  query: AskedQuery,
  harnessCd: HarnessCdService,
): Promise<AskedResponse> {
  const find = async () => inputAt(await inputsOf(pipeline, harnessCd), query.input);
  const answer = await about(find, input => {
    const question = askedOf(input, query);
    return async () => {
      const { value, asOf, failure } = await harnessCd.listAsked(pipeline, query.input, question);
      return { inputs: value, asOf, failure };
    };
  });
  return answer ?? { failure: tooLate() };
}

async function inputsOf(pipeline: PipelineRef, harnessCd: HarnessCdService): Promise<RuntimeInput[]> {
  const { value } = await harnessCd.getPipeline(pipeline);
  return value.inputs;
}

function inputAt(inputs: RuntimeInput[], pointer: string): RuntimeInput | undefined {
  return inputs.find(input => input.pointer === pointer);
}

/** An input that a chosen service asks for. */
async function inputOfService(
  pipeline: PipelineRef,
  inputs: RuntimeInput[],
  { input, within }: ChoicesQuery,
  harnessCd: HarnessCdService,
): Promise<RuntimeInput | undefined> {
  const object = inputs.find(({ pointer, askedBy }) => askedBy?.of === 'service' && input.startsWith(`${pointer}/`));
  if (!object) return undefined;
  const question = askedOf(object, { input: object.pointer, service: within });
  const asked = await harnessCd.listAsked(pipeline, object.pointer, question);
  return inputAt(asked.value, input);
}

/**
 * Reads what is known of an input; undefined where it takes longer than a form waits. `read` throws where the query does
 * not fit the input.
 */
async function about<T>(
  find: () => Promise<RuntimeInput | undefined>,
  read: (input: Partial<RuntimeInput>) => () => Promise<T>,
): Promise<T | { failure: FailureBody } | undefined> {
  const late = wait(PATIENCE_MS, undefined, { ref: false });
  const place = await inTime(async () => ({ input: await find() }), late);
  if (place === undefined || 'failure' in place) return place;
  return inTime(read(place.input ?? {}), late);
}

async function inTime<T>(
  read: () => Promise<T>,
  late: Promise<undefined>,
): Promise<T | { failure: FailureBody } | undefined> {
  const answer = read().catch(error => {
    if (!isHarnessFailure(error)) throw error;
    return { failure: failureBody(error, Date.now()) };
  });
  answer.catch(() => {}); // who waits no longer hears no more of it
  return Promise.race([answer, late]);
}

function tooLate(): FailureBody {
  return failureBody(harnessFailure('TIMEOUT', `Harness did not answer within ${PATIENCE_MS / 1_000} s`), Date.now());
}

/** What the pipeline names itself is not for the caller to name. */
function choiceOf(asked: Choices | undefined, query: ChoicesQuery): ChoiceQuestion {
  if (!asked) {
    throw wrong(`The pipeline asks for nothing at ${query.input} that Harness has to choose from`);
  }
  const { of, withinInput } = asked;
  return { of, within: given(query, 'within', withinInput, asked.within), search: query.search };
}

/** Of a list, the chosen one asks. */
function askedOf({ askedBy: asked, kind }: Partial<RuntimeInput>, query: AskedQuery): AskedQuestion {
  if (!asked) throw wrong(`What was chosen asks for nothing at ${query.input}`);
  return {
    of: asked.of,
    service: given(query, 'service', asked.serviceInput, asked.service),
    environment: given(query, 'environment', asked.environmentInput, asked.environment),
    ...(kind === 'list' && ofElement(query, asked.of)),
  };
}

function wrong(message: string): Error {
  return harnessFailure('INVALID_REQUEST', message, { hint: 'Correct the query of the address.' });
}

/** The chosen one of a list, which asks. What an environment overrides is asked about no list. */
function ofElement(query: AskedQuery, of: AskedKind): Partial<AskedQuestion> {
  return of === 'overrides' ? {} : { [of]: given(query, of, query.input, undefined) };
}

/** What the query says of what the pipeline asks for at a pointer, or else what the pipeline says itself. */
function given<Q extends { input: string }>(
  query: Q,
  name: keyof Q & string,
  pointer: string | undefined,
  fixed: string | undefined,
): string | undefined {
  if (pointer === undefined) return fixed;
  const value = query[name];
  if (typeof value === 'string') return value;
  throw wrong(`What is asked at ${query.input} depends on ${pointer}: give its value as "${name}"`);
}
