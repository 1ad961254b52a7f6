import type { TemplateExample } from '@backstage/plugin-scaffolder-node';
import yaml from 'yaml';

const step = (input: object) =>
  yaml.stringify({ steps: [{ id: 'deploy', name: 'Deploy', action: 'harness:trigger-pipeline', input }] });

export const examples: TemplateExample[] = [
  {
    description: 'Deploy to an environment, and go on at once',
    example: step({
      entityRef: 'component:default/payment-service',
      variables: { imageTag: 'v2.3.1', targetEnvironment: 'int-stable', targetRegion: 'euw1' },
    }),
  },
  {
    description: 'Deploy by the pipeline of the config repo with what a change process asks for, and wait for the end',
    example: step({
      pipelineId: 'payment_service_cd',
      variables: { imageTag: 'v2.3.1', targetEnvironment: 'pre-stable', targetRegion: 'euw2' },
      changeTicket: 'CHG-1234',
      rollbackPlan: 'Deploy v2.3.0 again',
      businessJustification: 'Refunds in the evening',
      wait: true,
      timeout: { minutes: 30 },
    }),
  },
  {
    description: 'Run a pipeline that is in no config repo, with its own variables',
    example: step({
      entityRef: 'component:default/storefront',
      variables: { version: 'v4.1.0', market: 'america', replicas: 5, smokeTests: ['login', 'search'] },
    }),
  },
];
