import { coreServices, createBackendModule } from '@backstage/backend-plugin-api';
import { scaffolderActionsExtensionPoint } from '@backstage/plugin-scaffolder-node';
import { harnessCdServiceRef } from 'backstage-plugin-harness-cd-node';
import { createTriggerPipelineAction } from './actions/triggerPipeline/triggerPipeline';

/**
 * Adds `harness:trigger-pipeline` to the scaffolder.
 *
 * @public
 */
export const scaffolderModuleHarnessCd = createBackendModule({
  pluginId: 'scaffolder',
  moduleId: 'harness-cd',
  register(env) {
    env.registerInit({
      deps: {
        auth: coreServices.auth,
        config: coreServices.rootConfig,
        discovery: coreServices.discovery,
        scaffolder: scaffolderActionsExtensionPoint,
        harnessCd: harnessCdServiceRef,
      },
      async init({ scaffolder, ...services }) {
        scaffolder.addActions(createTriggerPipelineAction(services));
      },
    });
  },
});
