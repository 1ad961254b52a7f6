/**
 * Deployments of a service, run by Harness: history, live progress and a deploy dialog.
 *
 * @packageDocumentation
 */
export { harnessCdPlugin as default } from './plugin';
export { harnessCdApiRef } from './shared/api';
export { harnessCdTranslationRef } from './translation';
