/**
 * The backend of Harness CD.
 *
 * @packageDocumentation
 */

export { harnessCdPlugin as default } from './plugin';
export { searchModuleHarnessCd } from './search/module';
