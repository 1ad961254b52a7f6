// Rendering 1,000 pipelines from the template of the example's APIs, knowing of each that no value changed its
// structure. The core proves the template once; a text template has to be parsed after every rendering to know as much.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Ajv from 'ajv';
import { load } from 'js-yaml';
import nunjucks from 'nunjucks';
import yaml from 'yaml';
import { renderTemplate } from '../../plugin-js/plugins/harness-cd-wasm/src/generated/node.mjs';
import { measure, median, milliseconds, ratio } from './measure.mjs';

const TEMPLATE = fileURLToPath(
  new URL('../../examples/config-repo/templates/api-pipeline-template.yaml', import.meta.url),
);
const NATIVE = process.argv[2];
const SERVICES = 1000;
const SHELL_SERVICES = 20;
const REPETITIONS = 5;
/** A pass of the core takes a few ms, and the first ones run before the engine has optimized; natively it is as many. */
const PASSES = 10;

const template = readFileSync(TEMPLATE, 'utf8');
const services = Array.from({ length: SERVICES }, (_, service) => ({
  SERVICE_NAME: `service-${service}`,
  SERVICE_IDENTIFIER: `service_${service}`,
  PIPELINE_NAME: `service-${service}-cd`,
  PIPELINE_IDENTIFIER: `service_${service}_cd`,
  ARCHETYPE: 'api',
  TEAM: 'payments',
  TEAM_IDENTIFIER: 'payments',
  ENVIRONMENTS: 'int-stable,pre-stable,prod',
  FIRST_ENVIRONMENT: 'int-stable',
  REGIONS: 'euw1,use1',
  FIRST_REGION: 'euw1',
}));

function native() {
  const { status, stdout, stderr } = spawnSync(NATIVE, [TEMPLATE], {
    input: JSON.stringify(services),
    maxBuffer: 16 * 1024 * 1024,
  });
  assert.equal(status, 0, `${NATIVE}: ${stderr}`);
  return JSON.parse(stdout);
}

/** Renders through the door, and keeps the first text. */
function webAssembly() {
  let first;
  const diagnostics = renderTemplate(TEMPLATE, template, services, rendered => {
    first ??= rendered;
  });
  assert.deepEqual(diagnostics, []);
  return first;
}

/** Renders by nunjucks, reads each rendering by `parse`, and keeps the first. */
function nunjucksWith(parse) {
  const compiled = nunjucks.compile(
    template,
    new nunjucks.Environment(null, { autoescape: false, throwOnUndefined: true }),
  );
  const [first] = services.map(values => {
    const rendered = compiled.render(values);
    parse(rendered);
    return rendered;
  });
  return first;
}

/** Renders some of the services by sed and reads each by yq, in one shell. */
function shell(folder) {
  const loop = 'for script in "$1"/*.sed; do sed -f "$script" "$2" | yq . > /dev/null || exit 1; done';
  const { status, stderr } = spawnSync('sh', ['-c', loop, 'loop', folder, TEMPLATE]);
  assert.equal(status, 0, `the shell loop: ${stderr}`);
}

function writeSedScripts(folder) {
  services.slice(0, SHELL_SERVICES).forEach((values, service) => {
    const commands = Object.entries(values).map(([name, value]) => `s/{{${name}}}/${value}/g\n`);
    writeFileSync(join(folder, `${service}.sed`), commands.join(''));
  });
}

const scripts = mkdtempSync(join(tmpdir(), 'harness-cd-bench-'));
writeSedScripts(scripts);
const scaled = SERVICES / SHELL_SERVICES;
const WAYS = [
  { name: 'Rust, native', take: () => native().renderMs },
  { name: 'Rust in WebAssembly', take: () => milliseconds(() => Array.from({ length: PASSES }, webAssembly)) / PASSES },
  { name: 'nunjucks + js-yaml', take: () => milliseconds(() => nunjucksWith(load)) },
  { name: 'nunjucks + yaml', take: () => milliseconds(() => nunjucksWith(yaml.parse)) },
];
if (spawnSync('yq', ['--version']).status === 0) {
  WAYS.push({ name: `sed + yq, ${SHELL_SERVICES} scaled`, take: () => milliseconds(() => shell(scripts)) * scaled });
} else {
  console.log('yq is not on this machine: the shell loop is left out');
}

const { first, findings } = native();
assert.equal(webAssembly(), first, 'WebAssembly renders other text than the native core');
assert.deepEqual(load(nunjucksWith(load)), load(first), 'nunjucks renders to other data than the core');

console.log(
  `Rendering ${SERVICES} pipelines of ${template.length} characters, ${REPETITIONS} repetitions; ratios to native; median (min–max)`,
);
const times = measure(WAYS, REPETITIONS, way => way.take());
const [ours] = WAYS;
for (const [way, taken] of times) {
  console.log(
    `  ${way.name.padEnd(28)}${median(taken).toFixed(2).padStart(10)} ms   ${ratio(taken, times.get(ours), 1)}`,
  );
}
// Lint: all that it knows, beside what a validator of JavaScript finds by the schema for editors, no rule about meaning
// among it, and none of it with a line and a column.
const { schema } = native();
const validate = new Ajv({ strict: false }).compile(schema);
const rendered = [];
renderTemplate(TEMPLATE, template, services, text => rendered.push(text));
assert.ok(validate(load(first)), JSON.stringify(validate.errors));
const LINTS = [
  { name: 'Rust, native', take: () => native().lintMs },
  { name: 'js-yaml + ajv', take: () => milliseconds(() => rendered.forEach(text => validate(load(text)))) },
];
console.log(`\nLinting ${SERVICES} rendered pipelines, ${findings} findings; ratios to native; median (min–max)`);
const lints = measure(LINTS, REPETITIONS, way => way.take());
for (const [way, taken] of lints) {
  console.log(
    `  ${way.name.padEnd(28)}${median(taken).toFixed(0).padStart(10)} ms   ${ratio(taken, lints.get(LINTS[0]), 1)}`,
  );
}
rmSync(scripts, { recursive: true });
