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

/** What may be chosen for an input of a pipeline. That Harness does not answer is a part of the answer. */
export async function readChoices(
  pipeline: PipelineRef,
  query: ChoicesQuery,
  harnessCd: HarnessCdService,
): Promise<ChoicesResponse> {
  return about(pipeline, query, harnessCd, input => {
    const question = choiceOf(input.choices, query);
    return async () => {
      const { value, asOf, failure } = await harnessCd.listChoices(pipeline, question);
      return { ...value, asOf, failure };
    };
  });
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
  return about(pipeline, query, harnessCd, input => {
    const question = askedOf(input, query);
    return async () => {
      const { value, asOf, failure } = await harnessCd.listAsked(pipeline, query.input, question);
      return { inputs: value, asOf, failure };
    };
  });
}

/** Reads what is known of an input, in time for a form. `read` throws where the query does not fit the input. */
async function about<T>(
  pipeline: PipelineRef,
  query: { input: string },
  harnessCd: HarnessCdService,
  read: (input: Partial<RuntimeInput>) => () => Promise<T>,
): Promise<T | { failure: FailureBody }> {
  const late = tooLate();
  const place = await inTime(async () => {
    const { value } = await harnessCd.getPipeline(pipeline);
    return { input: value.inputs.find(input => input.pointer === query.input) };
  }, late);
  return 'failure' in place ? place : inTime(read(place.input ?? {}), late);
}

type Late = Promise<{ failure: FailureBody }>;

async function inTime<T>(read: () => Promise<T>, late: Late): Promise<T | { failure: FailureBody }> {
  const answer = read().catch(error => {
    if (!isHarnessFailure(error)) throw error;
    return { failure: failureBody(error, Date.now()) };
  });
  answer.catch(() => {}); // who waits no longer hears no more of it
  return Promise.race([answer, late]);
}

async function tooLate(): Late {
  await wait(PATIENCE_MS, undefined, { ref: false });
  const failure = harnessFailure('TIMEOUT', `Harness did not answer within ${PATIENCE_MS / 1_000} s`);
  return { failure: failureBody(failure, Date.now()) };
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
