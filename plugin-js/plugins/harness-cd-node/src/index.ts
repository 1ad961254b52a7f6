/**
 * Harness CD for Backstage backends.
 *
 * @packageDocumentation
 */

export { authorizedEntity } from './authorizedEntity';
export { failureBody, harnessFailure, isHarnessFailure, type HarnessFailure } from './errors';
export type { HarnessCdService, RuledPipeline, StartedDeployment } from './HarnessCdService';
export { LastKnown, slowerWhileUnchanged, type FreshFor, type Known, type Reading } from './LastKnown';
export { pipelineOf } from './pipelineOf';
export { refuseOtherScope } from './scope';
export { harnessCdServiceRef } from './service';
