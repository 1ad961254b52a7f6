import type { FailureCode } from 'backstage-plugin-harness-cd-common';
import { HarnessCdError } from 'harness-cd-wasm';
import { fromModuleError, harnessFailure, isHarnessFailure } from './errors';

describe('fromModuleError', () => {
  it.each<[FailureCode, string]>([
    ['UNAUTHORIZED', 'ServiceUnavailableError'],
    ['FORBIDDEN', 'NotAllowedError'],
    ['PIPELINE_NOT_FOUND', 'NotFoundError'],
    ['NOT_FOUND', 'NotFoundError'],
    ['WRONG_SCOPE', 'InputError'],
    ['CONFLICT', 'ConflictError'],
    ['INVALID_REQUEST', 'InputError'],
    ['RATE_LIMITED', 'ServiceUnavailableError'],
    ['UNAVAILABLE', 'ServiceUnavailableError'],
    ['TIMEOUT', 'ServiceUnavailableError'],
    ['MALFORMED_RESPONSE', 'ServiceUnavailableError'],
    ['OUTCOME_UNKNOWN', 'ConflictError'],
    ['FOREIGN_PIPELINE', 'NotAllowedError'],
    ['INVALID_CONFIG', 'ServiceUnavailableError'],
    ['INTERNAL', 'Error'],
  ])('turns %s into %s', (code, name) => {
    const failure = fromModuleError(new HarnessCdError('what happened', { code, correlationId: 'c-1' }));
    expect(failure).toMatchObject({ name, code, message: 'what happened', correlationId: 'c-1' });
    expect(failure).toHaveProperty('hint', expect.stringMatching(/^[A-Z].*\.$/));
  });

  it('leaves the HTTP status of Harness out, which Backstage would answer with', () => {
    const failure = fromModuleError(new HarnessCdError('no', { code: 'UNAUTHORIZED', status: 401 }));
    expect(failure).not.toHaveProperty('status');
  });

  it('leaves other errors alone', () => {
    const error = new TypeError('no');
    expect(fromModuleError(error)).toBe(error);
    expect(isHarnessFailure(error)).toBe(false);
  });
});

it('tells its failures from other errors', () => {
  expect(isHarnessFailure(harnessFailure('CONFLICT', 'no'))).toBe(true);
  expect(isHarnessFailure(Object.assign(new Error('no'), { code: 'ENOENT' }))).toBe(false);
});
