/**
 * Harness CD for Backstage backends.
 *
 * @packageDocumentation
 */

export { harnessFailure, isHarnessFailure, type HarnessFailure } from './errors';
export type { HarnessCdService, StartedDeployment } from './HarnessCdService';
export { harnessCdServiceRef } from './service';
