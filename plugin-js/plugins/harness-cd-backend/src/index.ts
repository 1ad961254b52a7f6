/**
 * The backend of Harness CD.
 *
 * @packageDocumentation
 */

export { harnessCdPlugin as default } from './plugin';
