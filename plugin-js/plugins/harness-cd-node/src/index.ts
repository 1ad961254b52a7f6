/**
 * Harness CD for Backstage backends.
 *
 * @packageDocumentation
 */

export { authorizedEntity } from './authorizedEntity';
export { failureBody, gather, harnessFailure, isHarnessFailure, type ErrorClass, type HarnessFailure } from './errors';
export type {
  EntityPipeline,
  ExecutionNode,
  HarnessCdService,
  LostRunsSeen,
  PipelineOfService,
  StartedDeployment,
} from './HarnessCdService';
export { LastKnown, slowerWhileUnchanged, type FreshFor, type Known, type Reading } from './LastKnown';
export { nearestName } from 'harness-cd-wasm';
export {
  pipelineOf,
  pipelinesOf,
  problemText,
  refuseForeign,
  visiblePipelineOf,
  type ChosenPipeline,
  type ClaimSources,
  type PipelineClaim,
  type PipelineClaims,
} from './pipelineOf';
export { projectsInFull, refuseOutOfReach } from './reach';
export { DeploymentRecord, metricsOfProjects, sourceOf, withRunInputs } from './record';
export { harnessCdServiceRef } from './service';
