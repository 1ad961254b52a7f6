/**
 * Harness CD for the tests of Backstage backends.
 *
 * @packageDocumentation
 */

export { harnessCdServiceMock } from './testUtils/harnessCdServiceMock';
export type { HarnessCdServiceMockOptions } from './testUtils/InMemoryHarnessCdService';
export { deploymentKeys } from './testUtils/InMemoryHarnessCdService';
