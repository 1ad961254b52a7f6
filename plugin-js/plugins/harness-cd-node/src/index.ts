/**
 * Harness CD for Backstage backends.
 *
 * @packageDocumentation
 */

export { failureBody, harnessFailure, isHarnessFailure, type HarnessFailure } from './errors';
export type { HarnessCdService, StartedDeployment } from './HarnessCdService';
export { LastKnown, slowerWhileUnchanged, type FreshFor, type Known, type Reading } from './LastKnown';
export { refuseOtherScope } from './scope';
export { harnessCdServiceRef } from './service';
