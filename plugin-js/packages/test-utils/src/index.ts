/**
 * A simulated Harness for tests: the real binary on a port of its own, with the services of the example config repo.
 *
 * @packageDocumentation
 */

export { exampleConfigRepo } from './paths';
export { Simulator, type SimulatedRequest, type SimulatorFault } from './Simulator';
