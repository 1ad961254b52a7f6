'use strict';

const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const createGlue = require('../node/glue.cjs');
const { clientClass } = require('./client.cjs');
const { Door } = require('./door.cjs');
const { HarnessCdError } = require('./error.cjs');
const { functionsOf } = require('./functions.cjs');
const { clientMethods, nodeFunctions } = require('./generated/names.cjs');

const door = new Door(createGlue);
door.open(new WebAssembly.Module(readFileSync(join(__dirname, '../node/harness_cd_wasm_bg.wasm'))));

module.exports = {
  ...functionsOf(door, nodeFunctions),
  HarnessCdError,
  HarnessClient: clientClass(door, clientMethods),
  loadHarnessCd: async () => {},
};
