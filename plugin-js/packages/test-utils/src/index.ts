/**
 * What tests share: a simulated Harness, the real binary on a port of its own with the services of the example config
 * repo, and how a backend is started against it.
 *
 * @packageDocumentation
 */

export { stopClocks } from './clocks';
export { exampleConfigRepo, exampleTemplate } from './paths';
export { Simulator, type SimulatedRequest, type SimulatedRun, type SimulatorFault } from './Simulator';
export { startPlugins } from './startPlugins';
