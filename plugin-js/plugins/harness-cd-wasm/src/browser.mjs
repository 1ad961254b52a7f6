import createGlue from '../web/glue.cjs';
import doorModule from './door.cjs';
import errorModule from './error.cjs';
import functionsModule from './functions.cjs';
import names from './generated/names.cjs';

// In development a new binary takes a new page: what is loaded is kept, also by those who asked for it.
if (import.meta.webpackHot) import.meta.webpackHot.decline();

const door = new doorModule.Door(createGlue);
let loading;

async function load() {
  const binary = new URL('../web/harness_cd_wasm_bg.wasm', import.meta.url);
  const response = await fetch(binary);
  if (!response.ok) throw new Error(`${binary.pathname} could not be loaded: HTTP ${response.status}`);
  // Bytes instead of a stream: a proxy in between may change the content type, which streaming insists on.
  door.open(await WebAssembly.compile(await response.arrayBuffer()));
}

/** @type {() => Promise<void>} */
export function loadHarnessCd() {
  loading ??= load().catch(error => {
    loading = undefined; // the next call tries again
    throw error;
  });
  return loading;
}

export const functions = functionsModule.functionsOf(door, names.browserFunctions);
export const { HarnessCdError } = errorModule;
