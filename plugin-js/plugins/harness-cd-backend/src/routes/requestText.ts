import express, { type Request, type RequestHandler } from 'express';
import { isError } from '@backstage/errors';
import { harnessFailure } from 'backstage-plugin-harness-cd-node';

const MAX_REQUEST_KB = 64;
const readText = express.text({ type: () => true, limit: `${MAX_REQUEST_KB}kb` });

/** Takes a body as text: the core reads it, with every finding at once. */
export const requestText: RequestHandler = (req, res, next) =>
  readText(req, res, (error?: unknown) => next(isTooLarge(error) ? tooLarge() : error));

/** The text that {@link requestText} took. */
export function textOf(req: Request): string {
  return typeof req.body === 'string' ? req.body : '';
}

function isTooLarge(error: unknown): boolean {
  return isError(error) && error.type === 'entity.too.large';
}

function tooLarge(): Error {
  const failure = harnessFailure('INVALID_REQUEST', `The request has more than ${MAX_REQUEST_KB} KB.`, {
    hint: 'Shorten its longest texts, or answer less of it at once: no pipeline asks for so much.',
  });
  return Object.assign(failure, { statusCode: 413 });
}
