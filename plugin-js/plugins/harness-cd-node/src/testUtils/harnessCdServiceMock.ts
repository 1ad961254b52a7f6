import { createServiceFactory } from '@backstage/backend-plugin-api';
import { createServiceMock } from '@backstage/backend-test-utils';
// From the package itself, as who uses this entry does.
import type { HarnessCdService } from 'backstage-plugin-harness-cd-node';
import { harnessCdServiceRef } from '../service';
import { type HarnessCdServiceMockOptions, InMemoryHarnessCdService } from './InMemoryHarnessCdService';

/**
 * Harness CD in memory: it answers with what it is given, and checks deploy requests as the real one does. The history
 * is one page, narrowed by pipelines alone.
 *
 * @public
 */
export function harnessCdServiceMock(options?: HarnessCdServiceMockOptions): HarnessCdService {
  return new InMemoryHarnessCdService(options);
}

/**
 * Harness CD for the tests of backends.
 *
 * @public
 */
export namespace harnessCdServiceMock {
  /** {@link (harnessCdServiceMock:function)} as a feature of a test backend. */
  export const factory = (options?: HarnessCdServiceMockOptions) =>
    createServiceFactory({
      service: harnessCdServiceRef,
      deps: {},
      factory: () => harnessCdServiceMock(options),
    });

  /** A service whose methods are mock functions, some of them with an implementation where it is given. */
  export const mock = createServiceMock(harnessCdServiceRef, () => ({
    scope: harnessCdServiceMock().scope,
    readAnnotations: jest.fn(),
    deployRules: jest.fn(),
    deployRulesOfService: jest.fn(),
    getPipeline: jest.fn(),
    checkDeploy: jest.fn(),
    deploy: jest.fn(),
    listDeployments: jest.fn(),
    getExecution: jest.fn(),
  }));
}
