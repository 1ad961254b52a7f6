/**
 * Harness CD for Backstage backends.
 *
 * @packageDocumentation
 */

export { authorizedEntity } from './authorizedEntity';
export { failureBody, harnessFailure, isHarnessFailure, type ErrorClass, type HarnessFailure } from './errors';
export type { EntityPipeline, HarnessCdService, LostRunsSeen, StartedDeployment } from './HarnessCdService';
export { LastKnown, slowerWhileUnchanged, type FreshFor, type Known, type Reading } from './LastKnown';
export { pipelineOf, refuseForeign, visiblePipelineOf } from './pipelineOf';
export { refuseOtherScope } from './scope';
export { harnessCdServiceRef } from './service';
