import { setTimeout as wait } from 'node:timers/promises';
import { InputError } from '@backstage/errors';
import type {
  AskedBy,
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

/** What may be chosen for an input of a pipeline. That Harness does not answer is a part of the answer. */
export async function readChoices(
  pipeline: PipelineRef,
  query: ChoicesQuery,
  harnessCd: HarnessCdService,
): Promise<ChoicesResponse> {
  return inTime(async () => {
    const question = choiceOf((await inputAt(pipeline, query.input, harnessCd))?.choices, query);
    const { value, asOf, failure } = await harnessCd.listChoices(pipeline, question);
    return { ...value, asOf, failure };
  });
}

/** What was chosen asks for in place of an object. That Harness does not answer is a part of the answer. */
export async function readAsked(
  pipeline: PipelineRef,
  query: AskedQuery,
  harnessCd: HarnessCdService,
): Promise<AskedResponse> {
  return inTime(async () => {
    const question = askedOf((await inputAt(pipeline, query.input, harnessCd))?.askedBy, query);
    const { value, asOf, failure } = await harnessCd.listAsked(pipeline, query.input, question);
    return { inputs: value, asOf, failure };
  });
}

async function inputAt(
  pipeline: PipelineRef,
  pointer: string,
  harnessCd: HarnessCdService,
): Promise<RuntimeInput | undefined> {
  const { value } = await harnessCd.getPipeline(pipeline);
  return value.inputs.find(input => input.pointer === pointer);
}

async function inTime<T>(read: () => Promise<T>): Promise<T | { failure: FailureBody }> {
  const answer = read().catch(error => {
    if (!isHarnessFailure(error)) throw error;
    return { failure: failureBody(error, Date.now()) };
  });
  answer.catch(() => {}); // who waits no longer hears no more of it
  return Promise.race([answer, tooLate()]);
}

async function tooLate(): Promise<{ failure: FailureBody }> {
  await wait(PATIENCE_MS, undefined, { ref: false });
  const failure = harnessFailure('TIMEOUT', `Harness did not answer within ${PATIENCE_MS / 1_000} s`);
  return { failure: failureBody(failure, Date.now()) };
}

/** What the pipeline names itself is not for the caller to name. */
function choiceOf(asked: Choices | undefined, query: ChoicesQuery): ChoiceQuestion {
  if (!asked) {
    throw new InputError(`The pipeline asks for nothing at ${query.input} that Harness has to choose from`);
  }
  const { of, withinInput } = asked;
  return { of, within: given(query, 'within', withinInput, asked.within), search: query.search };
}

function askedOf(asked: AskedBy | undefined, query: AskedQuery): AskedQuestion {
  if (!asked) throw new InputError(`What was chosen asks for nothing at ${query.input}`);
  return {
    of: asked.of,
    service: given(query, 'service', asked.serviceInput, asked.service),
    environment: given(query, 'environment', asked.environmentInput, asked.environment),
  };
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
  throw new InputError(`What is asked at ${query.input} depends on ${pointer}: give its value as "${name}"`);
}
