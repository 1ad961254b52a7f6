import type { Entity } from '@backstage/catalog-model';

/** A component that says which pipeline deploys it. */
export const paymentService = {
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Component',
  metadata: {
    name: 'payment-service',
    annotations: {
      'harness.io/pipeline-url':
        'https://app.harness.io/ng/account/demo-account/module/cd/orgs/default/projects/platform/pipelines/payment_service_cd/pipeline-studio/',
    },
  },
} satisfies Entity;
