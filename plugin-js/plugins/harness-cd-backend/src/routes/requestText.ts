import express, { type Request } from 'express';

const MAX_REQUEST_SIZE = '64kb';

/** Takes a body as text: the core reads it, with every finding at once. */
export const requestText = express.text({ type: () => true, limit: MAX_REQUEST_SIZE });

/** The text that {@link requestText} took. */
export function textOf(req: Request): string {
  return typeof req.body === 'string' ? req.body : '';
}
