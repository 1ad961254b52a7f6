/**
 * Harness CD for the scaffolder.
 *
 * @packageDocumentation
 */

export { createTriggerPipelineAction } from './actions/triggerPipeline/triggerPipeline';
export { scaffolderModuleHarnessCd as default } from './module';
