'use strict';

// For Jest's jsdom, which asks for the browser's code and loads it by `require`: no fetch, and the file system at hand.
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const util = require('node:util');

// jsdom lacks both; the glue asks for them when it is created.
globalThis.TextDecoder ??= util.TextDecoder;
globalThis.TextEncoder ??= util.TextEncoder;

const createGlue = require('../web/glue.cjs');
const { Door } = require('./door.cjs');
const { HarnessCdError } = require('./error.cjs');
const { functionsOf } = require('./functions.cjs');
const { browserFunctions } = require('./generated/names.cjs');

const door = new Door(createGlue);

exports.loadHarnessCd = async () => {
  if (!door.isOpen) {
    door.open(new WebAssembly.Module(readFileSync(join(__dirname, '../web/harness_cd_wasm_bg.wasm'))));
  }
};
Object.assign(exports, functionsOf(door, browserFunctions), { HarnessCdError });
