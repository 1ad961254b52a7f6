'use strict';

const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const createGlue = require('../node/glue.cjs');
const { clientClass } = require('./client.cjs');
const { Door } = require('./door.cjs');
const { HarnessCdError } = require('./error.cjs');
const { pureFunctions } = require('./pure.cjs');

const door = new Door(createGlue);
door.open(new WebAssembly.Module(readFileSync(join(__dirname, '../node/harness_cd_wasm_bg.wasm'))));

const { validateDeploy, parseHarnessUrl } = pureFunctions(door);

exports.loadHarnessCd = async () => {};
exports.validateDeploy = validateDeploy;
exports.parseHarnessUrl = parseHarnessUrl;
exports.readAnnotations = annotations => door.call(({ glue }) => glue.readAnnotations(annotations));
exports.readConfigRepo = files => door.call(({ glue }) => glue.readConfigRepo(files));
exports.runtimeInputs = (file, text) => door.call(({ glue }) => glue.runtimeInputs(file, text));
exports.shapeHistory = (body, options) => door.call(({ glue }) => glue.shapeHistory(body, options));
exports.renderConfigRepo = files => door.call(({ glue }) => glue.renderConfigRepo(files));
exports.renderTemplate = (file, text, values, take) => door.call(({ glue }) => glue.renderTemplate(file, text, values, take));
exports.lint = (file, text) => door.call(({ glue }) => glue.lint(file, text));
exports.lintConfigRepo = files => door.call(({ glue }) => glue.lintConfigRepo(files));
exports.HarnessClient = clientClass(door);
exports.HarnessCdError = HarnessCdError;
