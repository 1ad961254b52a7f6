/**
 * What the frontend and the backend of Harness CD share.
 *
 * @packageDocumentation
 */

export * from './changes';
export * from './client';
export * from './deployToEnd';
export * from './permissions';
export * from './phases';
export * from './production';
export * from './record';
export * from './generated/constants';
export type * from './generated/types';
