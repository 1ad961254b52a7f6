import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inFreshNode, install } from './installed.mjs';

const { home, files } = install();
const VERDICT = `door.validateDeploy('{"inputs":{"colour":"red"}}', { inputs: [] }, 0).kind`;
const CALL = `console.log(JSON.stringify({ exports: Object.keys(door).filter(key => key !== 'default' && key !== 'module.exports').sort(), verdict: ${VERDICT} }))`;

const NODE_EXPORTS = [
  'HarnessCdError',
  'HarnessClient',
  'describedFiles',
  'judgeOwnership',
  'judgeReach',
  'keysOfDeployments',
  'loadHarnessCd',
  'nearestName',
  'parseHarnessUrl',
  'placesOfRules',
  'readAnnotations',
  'readConfigRepo',
  'renderConfigRepo',
  'renderTemplate',
  'rulesOf',
  'runtimeInputs',
  'shapeHistory',
  'sourceLink',
  'tellMatrix',
  'tellMetrics',
  'tellMetricsOfProjects',
  'tellNewInProduction',
  'tellRunningAt',
  'tellTimeline',
  'tellVersionStops',
  'validateDeploy',
  'withRunInputs',
];
const BROWSER_EXPORTS = ['HarnessCdError', 'loadHarnessCd', 'validateDeploy'];

test('the package holds the loaders, both builds and nothing else', () => {
  assert.deepEqual(files.filter(file => !file.startsWith('src/')).sort(), [
    'LICENSE',
    'README.md',
    'node/glue.cjs',
    'node/harness_cd_wasm_bg.wasm',
    'package.json',
    'web/glue.cjs',
    'web/harness_cd_wasm_bg.wasm',
  ]);
});

test('Node loads it by require', () => {
  const answer = inFreshNode(home, 'commonjs', `const door = require('harness-cd-wasm'); ${CALL}`);
  assert.deepEqual(answer, { exports: NODE_EXPORTS, verdict: 'rejected' });
});

test('Node loads it by import', () => {
  const answer = inFreshNode(home, 'module', `import * as door from 'harness-cd-wasm'; ${CALL}`);
  assert.deepEqual(answer, { exports: NODE_EXPORTS, verdict: 'rejected' });
});

test('both ways of loading share one error class', () => {
  const text = `import { HarnessCdError } from 'harness-cd-wasm';
    import { createRequire } from 'node:module';
    const required = createRequire(process.cwd() + '/x.js')('harness-cd-wasm');
    console.log(JSON.stringify(required.HarnessCdError === HarnessCdError));`;
  assert.equal(inFreshNode(home, 'module', text), true);
});

// Node has no fetch for file URLs, so the test hands the entry the bytes that a web server would.
const SERVED = `import { readFile } from 'node:fs/promises';
  globalThis.fetch = async url => new Response(await readFile(url));`;

test('the browser entry works once it is loaded, and says so before', () => {
  const text = `${SERVED}
    const door = await import('./node_modules/harness-cd-wasm/src/generated/browser.mjs');
    let early;
    try { door.validateDeploy('{}', {}, 0) } catch (error) { early = error.code + ': ' + error.message }
    await Promise.all([door.loadHarnessCd(), door.loadHarnessCd()]);
    console.log(JSON.stringify({ exports: Object.keys(door).sort(), early, verdict: ${VERDICT} }));`;
  const { exports, early, verdict } = inFreshNode(home, 'module', text);
  assert.deepEqual(exports, BROWSER_EXPORTS);
  assert.match(early, /^INTERNAL: .*loadHarnessCd/);
  assert.equal(verdict, 'rejected');
});

test('the browser entry tries again after a failed download', () => {
  const text = `${SERVED}
    const serve = globalThis.fetch;
    globalThis.fetch = async () => new Response('', { status: 503 });
    const door = await import('./node_modules/harness-cd-wasm/src/generated/browser.mjs');
    const first = await door.loadHarnessCd().catch(error => error.message);
    globalThis.fetch = serve;
    await door.loadHarnessCd();
    console.log(JSON.stringify({ first, second: ${VERDICT} }));`;
  const { first, second } = inFreshNode(home, 'module', text);
  assert.match(first, /HTTP 503/);
  assert.equal(second, 'rejected');
});

test("Jest's jsdom, which has no TextDecoder, loads the browser's code by require", () => {
  const text = `delete globalThis.TextDecoder; delete globalThis.TextEncoder;
    const door = require('./node_modules/harness-cd-wasm/src/browser.cjs');
    door.loadHarnessCd().then(() => { ${CALL} });`;
  assert.deepEqual(inFreshNode(home, 'commonjs', text), { exports: BROWSER_EXPORTS, verdict: 'rejected' });
});

test('the browser build holds no client and no key', () => {
  const text = `import { readFileSync } from 'node:fs';
    const folder = './node_modules/harness-cd-wasm/web/';
    const texts = [readFileSync(folder + 'glue.cjs', 'latin1'), readFileSync(folder + 'harness_cd_wasm_bg.wasm', 'latin1')];
    console.log(JSON.stringify(['HarnessClient', 'x-api-key', 'apiKey', 'fetch_'].filter(word => texts.some(held => held.includes(word)))));`;
  assert.deepEqual(inFreshNode(home, 'module', text), []);
});
