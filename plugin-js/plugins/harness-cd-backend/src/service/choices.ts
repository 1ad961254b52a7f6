import { setTimeout as wait } from 'node:timers/promises';
import type {
  AskedBy,
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
  TagQuestion,
} from 'backstage-plugin-harness-cd-common';
import { failureBody, harnessFailure, isHarnessFailure, type HarnessCdService } from 'backstage-plugin-harness-cd-node';
import { wrongQuery } from '../wrongQuery';

/** So long a form waits for what Harness knows of an input; after that a person types. */
const PATIENCE_MS = 3_000;

/** So many tags go to a form at a time; a search finds the others. */
const TAGS_PER_ANSWER = 50;

/** What does not fit the pipeline: the caller's mistake, and no answer of Harness. */
class Misfit extends Error {}

/** What may be chosen for an input of a pipeline. That Harness does not answer, or not yet, is a part of the answer. */
export async function readChoices(
  pipeline: PipelineRef,
  query: ChoicesQuery,
  harnessCd: HarnessCdService,
): Promise<ChoicesResponse> {
  const { input, within, source } = query;
  const place = { input, service: within, environment: within, source };
  const answer = await inTime(async () => {
    const asked = (await inputAt(pipeline, place, harnessCd))?.choices;
    const question = choiceOf(asked, query);
    if (question.of === 'tag') {
      const chosen = asked?.sourceInput && given(query, 'source', asked.sourceInput, undefined);
      const tags = { input, service: question.within ?? '', source: chosen };
      return readTags(pipeline, tags, query.search, harnessCd);
    }
    const { value, asOf, failure } = await harnessCd.listChoices(pipeline, question);
    return { ...value, asOf, failure };
  });
  return answer ?? { failure: tooLate(), isPending: true };
}

/** The tags that fit a search, as many as a form can show. */
async function readTags(
  pipeline: PipelineRef,
  question: TagQuestion,
  search: string | undefined,
  harnessCd: HarnessCdService,
): Promise<ChoicesResponse> {
  const { value, asOf, failure } = await harnessCd.listTags(pipeline, question);
  const searched = search?.toLowerCase() ?? '';
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
  const answer = await inTime(async () => {
    const question = askedOf((await inputAt(pipeline, query, harnessCd))?.askedBy, query);
    const { value, asOf, failure } = await harnessCd.listAsked(pipeline, query.input, question);
    return { inputs: value, asOf, failure };
  });
  return answer ?? { failure: tooLate() };
}

/** An input of a pipeline, also one that something asks for that was chosen. */
async function inputAt(
  pipeline: PipelineRef,
  query: AskedQuery,
  harnessCd: HarnessCdService,
): Promise<RuntimeInput | undefined> {
  let { inputs } = (await harnessCd.getPipeline(pipeline)).value;
  for (;;) {
    const found = inputs.find(({ pointer }) => pointer === query.input);
    const object = inputs.find(input => standsFor(input, query.input));
    if (found || !object) return found;
    const question = askedOf(object.askedBy, { ...query, input: object.pointer });
    // What takes the place of an object is below it, so that this ends.
    inputs = (await harnessCd.listAsked(pipeline, object.pointer, question)).value;
  }
}

/**
 * An answer, or Harness's failure as one; undefined where it takes longer than a form waits. Throws `INVALID_REQUEST`
 * where the query does not fit the pipeline.
 */
async function inTime<T>(read: () => Promise<T>): Promise<T | { failure: FailureBody } | undefined> {
  const answer = read().catch(error => {
    if (error instanceof Misfit) throw wrongQuery(error.message);
    if (!isHarnessFailure(error)) throw error;
    return { failure: failureBody(error, Date.now()) };
  });
  answer.catch(() => {}); // who waits no longer hears no more of it
  return Promise.race([answer, wait(PATIENCE_MS, undefined, { ref: false })]);
}

function tooLate(): FailureBody {
  return failureBody(harnessFailure('TIMEOUT', `Harness did not answer within ${PATIENCE_MS / 1_000} s`), Date.now());
}

/** What the pipeline names itself is not for the caller to name. */
function choiceOf(asked: Choices | undefined, query: ChoicesQuery): ChoiceQuestion {
  if (!asked) {
    throw new Misfit(`The pipeline asks for nothing at ${query.input} that Harness has to choose from`);
  }
  const { of, withinInput } = asked;
  return { of, within: given(query, 'within', withinInput, asked.within), search: query.search };
}

/** Whether an object stands for what is at a pointer. */
function standsFor(object: RuntimeInput, pointer: string): boolean {
  return object.askedBy !== undefined && !object.askedBy.each && pointer.startsWith(`${object.pointer}/`);
}

/** Of a list, the chosen one asks. */
function askedOf(asked: AskedBy | undefined, query: AskedQuery): AskedQuestion {
  if (!asked) throw new Misfit(`What was chosen asks for nothing at ${query.input}`);
  return {
    of: asked.of,
    service: given(query, 'service', asked.serviceInput, asked.service),
    environment: given(query, 'environment', asked.environmentInput, asked.environment),
    source: given(query, 'source', asked.sourceInput, asked.source),
    ...(asked.each && ofElement(query, asked.of)),
  };
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
  throw new Misfit(`What is asked at ${query.input} depends on ${pointer}: give its value as "${name}"`);
}
