import { createServiceFactory } from '@backstage/backend-plugin-api';
import { createServiceMock } from '@backstage/backend-test-utils';
// From the package itself, as who uses this entry does.
import type { HarnessCdService } from 'backstage-plugin-harness-cd-node';
import { harnessCdServiceRef } from '../service';
import { type HarnessCdServiceMockOptions, InMemoryHarnessCdService } from './InMemoryHarnessCdService';

/** A mock function for every method of the service, by its name. */
function mockFunctions() {
  const methods = Object.getOwnPropertyNames(InMemoryHarnessCdService.prototype).filter(name => name !== 'constructor');
  const functions = methods.map(name => [name, jest.fn()]);
  return Object.fromEntries(functions) as Record<Exclude<keyof HarnessCdService, 'accounts'>, jest.Mock>;
}

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
  export const mock = createServiceMock(harnessCdServiceRef, () => {
    const { accounts } = harnessCdServiceMock();
    return { accounts, ...mockFunctions() };
  });
}
