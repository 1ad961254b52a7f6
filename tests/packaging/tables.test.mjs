// The tables of ../cases, which the core keeps natively, kept through both doors as well: Node's build, and the
// browser's build with the time zones of `Intl` and the patterns of `RegExp`.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { install } from './installed.mjs';

const { home, target } = install();
const load = createRequire(join(home, 'index.js'));
const node = load('harness-cd-wasm');
const browser = load(join(target, 'src/browser.cjs')); // the browser's build and glue, read from disk
await browser.loadHarnessCd();

const cases = new URL('../cases/', import.meta.url);
const table = name => JSON.parse(readFileSync(new URL(`${name}.json`, cases), 'utf8'));

/** `CODE /path` of everything that speaks against a request. */
const named = (found = []) => found.map(({ code, path }) => `${code} ${path}`);

function findings(door, request, target, nowMs = 0) {
  return named(door.validateDeploy(JSON.stringify(request), target, nowMs).violations);
}

function changeWindows(door) {
  for (const { name, input, expect } of table('change-windows')) {
    const { now, ...window } = input;
    const environment = {
      name: 'prod',
      identifier: 'prod',
      environmentType: 'Production',
      regions: ['euw1'],
      changeWindows: [{ name: 'a window', ...window }],
      requiredFields: [],
      approvals: [],
    };
    const pipeline = { org: 'o', project: 'p', pipeline: 's_cd', pipelineName: 's-cd' };
    const service = {
      service: 's',
      serviceIdentifier: 's',
      entity: 'component:default/s',
      ...pipeline,
      immutableTagsOnly: true,
    };
    const rules = { ...service, environments: [environment] };
    const request = JSON.stringify({ service: 's', imageTag: 'v1', environment: 'prod', region: 'euw1' });
    const verdict = nowMs => door.validateDeploy(request, { rules }, nowMs);
    const spoken = nowMs => (verdict(nowMs).violations ?? []).map(({ code, allowedFrom }) => [code, allowedFrom]);
    const closed = next => [['CHANGE_WINDOW_CLOSED', next]];

    const nowMs = Date.parse(now);
    const nextMs = expect.next === null ? undefined : Date.parse(expect.next);
    const expected = { true: [], false: closed(nextMs), null: [['TIME_ZONE_UNKNOWN', undefined]] }[expect.open];
    assert.deepEqual(spoken(nowMs), expected, name);
    if (expect.open === false && nextMs !== undefined) {
      assert.deepEqual(spoken(nextMs - 1), closed(nextMs), `${name}: just before it opens`);
      assert.deepEqual(spoken(nextMs), [], `${name}: as it opens`);
    }
  }
}

function deployRequests(door) {
  const { rules, now, cases: requests, imageTags, changeTickets } = table('deploy-requests');
  const found = request => findings(door, request, { rules }, Date.parse(now));
  for (const { name, input, expect } of requests) assert.deepEqual(found(input), expect, name);

  const good = { service: 'payment-service', imageTag: 'v1', environment: 'int-stable', region: 'euw1' };
  const spoken = { immutable: [], mutable: ['IMAGE_TAG_MUTABLE /imageTag'], invalid: ['IMAGE_TAG_INVALID /imageTag'] };
  for (const [kind, tags] of Object.entries(imageTags)) {
    for (const imageTag of tags) assert.deepEqual(found({ ...good, imageTag }), spoken[kind], imageTag);
  }
  for (const [kind, tickets] of Object.entries(changeTickets)) {
    for (const changeTicket of tickets) {
      assert.equal(found({ ...good, changeTicket }).length === 0, kind === 'valid', changeTicket);
    }
  }
}

function harnessUrls(door) {
  for (const { input, expect } of table('harness-urls')) {
    if (expect.error === undefined) {
      assert.deepEqual(door.parseHarnessUrl(input), expect, input);
    } else {
      const isRefusal = error => error.code === 'INVALID_REQUEST' && error.message.includes(expect.error);
      assert.throws(() => door.parseHarnessUrl(input), isRefusal, input);
    }
  }
}

/** `RegExp` reads patterns that the other engines leave to Harness: the table says what it makes of them. */
function inputValues(door) {
  const { inputs, cases: values } = table('input-values');
  for (const { name, input, expect, expectOfRegExp = expect } of values) {
    const expected = door === browser ? expectOfRegExp : expect;
    assert.deepEqual(findings(door, { inputs: input }, { inputs }), expected, name);
  }
}

/** What input sets answer: `null` takes an answer away. */
function savedInputs(door) {
  const { inputs, saved, cases: requests } = table('saved-inputs');
  for (const { name, request, saved: other = {}, expect } of requests) {
    const answered = Object.entries({ ...saved, ...other }).filter(([, value]) => value !== null);
    assert.deepEqual(findings(door, request, { inputs, saved: Object.fromEntries(answered) }), expect, name);
  }
}

/** With an environment, by the rules of the table of requests, at a time when nothing is closed. */
function chosenStages(door) {
  const { stages, inputs, cases: requests } = table('chosen-stages');
  const { rules } = table('deploy-requests');
  const open = environment => ({ ...environment, changeWindows: [], requiredFields: [] });
  const opened = { ...rules, environments: rules.environments.map(open) };
  const variables = ['imageTag', 'targetEnvironment', 'targetRegion'].map((name, index) => ({
    ...{ pointer: `/pipeline/variables/${index}/value`, name, kind: 'text', required: true, executionInput: false },
  }));
  for (const { name, environment, request, stages: own = stages, expect, warnings } of requests) {
    const place = { service: 'payment-service', imageTag: 'v1', environment, region: 'euw1' };
    const [asked, target] = environment
      ? [
          { ...place, ...request },
          { rules: opened, inputs: [...variables, ...inputs], stages: own },
        ]
      : [request, { inputs, stages: own }];
    assert.deepEqual(findings(door, asked, target), expect, name);
    if (warnings) {
      assert.deepEqual(named(door.validateDeploy(JSON.stringify(asked), target, 0).warnings), warnings, name);
    }
  }
}

function harnessAnnotations(door) {
  for (const { name, input, expect } of table('harness-annotations')) {
    const { pipelines, services, problems } = door.readAnnotations(input);
    assert.deepEqual(
      pipelines.map(link => [link.label, link.target.pipeline]),
      expect.pipelines,
      name,
    );
    assert.deepEqual(
      services.map(link => [link.label, link.target.service]),
      expect.services,
      name,
    );
    assert.deepEqual(
      problems.map(problem => problem.annotation),
      expect.problems.map(([key]) => key),
      name,
    );
    expect.problems.forEach(([, part], index) => assert.ok(problems[index].message.includes(part), name));
  }
}

function reach(door) {
  const { accounts, cases: questions } = table('reach');
  for (const { name, of, says, hint = '' } of questions) {
    const verdict = door.judgeReach({ what: 'The pipeline x', ...of, accounts });
    assert.equal(verdict.kind, says ? 'outside' : 'within', name);
    if (says) assert.ok(verdict.message.includes(says) && verdict.hint.includes(hint), `${name}: ${verdict.message}`);
  }
}

function ownership(door) {
  for (const { name, question, expect } of table('ownership').cases) {
    assert.equal(door.judgeOwnership(question).kind, expect, name);
  }
}

function runtimeInputs(door) {
  for (const { name, text, expect } of table('runtime-inputs')) {
    assert.deepEqual(door.runtimeInputs('case.yaml', text), { inputs: expect, diagnostics: [] }, name);
  }
}

/** To a door without a reader of YAML a structure's YAML is a text: whether it can be read, the check says. */
function structures(door) {
  for (const { name, pipeline, at, json, yaml } of table('structures')) {
    const { inputs } = node.runtimeInputs('shop.yaml', pipeline);
    for (const given of [json, yaml]) {
      assert.deepEqual(findings(door, { inputs: { [at]: given } }, { inputs }), [], name);
    }
  }
}

/** Each table, the function of the door that keeps it, and how. */
const TABLES = {
  'change-windows': ['validateDeploy', changeWindows],
  'chosen-stages': ['validateDeploy', chosenStages],
  'deploy-requests': ['validateDeploy', deployRequests],
  'harness-annotations': ['readAnnotations', harnessAnnotations],
  'harness-urls': ['parseHarnessUrl', harnessUrls],
  'input-values': ['validateDeploy', inputValues],
  ownership: ['judgeOwnership', ownership],
  reach: ['judgeReach', reach],
  'runtime-inputs': ['runtimeInputs', runtimeInputs],
  'saved-inputs': ['validateDeploy', savedInputs],
  structures: ['validateDeploy', structures],
};
/** No page asks for what these tables say. */
const NOT_IN_THE_BROWSER = ['harness-annotations', 'harness-urls', 'ownership', 'reach', 'runtime-inputs'];

test('every table is kept here', () => {
  const files = readdirSync(cases).filter(file => file.endsWith('.json'));
  assert.deepEqual(files.map(file => basename(file, '.json')).sort(), Object.keys(TABLES));
});

test('the browser has no function for some tables', () => {
  const missing = Object.entries(TABLES)
    .filter(([, [name]]) => !(name in browser))
    .map(([name]) => name);
  assert.deepEqual(missing, NOT_IN_THE_BROWSER);
});

for (const [name, [, keep]] of Object.entries(TABLES)) {
  test(`Node answers as ${name} says`, () => keep(node));
  if (!NOT_IN_THE_BROWSER.includes(name)) test(`the browser answers as ${name} says`, () => keep(browser));
}

/** Whether a value of a pattern is refused. */
function refuses(door, regex, value) {
  const input = { pointer: '/p', kind: 'text', required: true, regex, executionInput: false };
  return findings(door, { inputs: { '/p': value } }, { inputs: [input] }).includes('VALUE_MALFORMED /inputs/~1p');
}

const REFUSED = [
  ['[a-z]+', 'abc1'],
  ['a|b', 'ab'],
  ['^v\\d+$', 'v1\nv2'],
  ['\\w+', 'é'],
];
const TAKEN = [
  ['[a-z]+', 'abc'],
  ['(?i)ABC', 'abc'],
  ['a++', 'b'],
  ['[', 'x'],
];
/** Refused by `RegExp`; Node's engine cannot read them. */
const REFUSED_BY_REG_EXP = [
  ['(?=.*\\d).+', 'a'],
  ['(a)\\1', 'ab'],
];
/** No text holds up Node's engine; it would hold up `RegExp`, which is not asked: the backend says it. */
const ENDLESS = [['(a+)+', `${'a'.repeat(40)}b`]];

for (const [name, door, refused, taken] of [
  ['Node', node, [...REFUSED, ...ENDLESS], [...TAKEN, ...REFUSED_BY_REG_EXP]],
  ['the browser', browser, [...REFUSED, ...REFUSED_BY_REG_EXP], [...TAKEN, ...ENDLESS]],
]) {
  test(`in ${name} a pattern matches the whole text as in Java, or is left to Harness`, () => {
    for (const [pattern, text] of refused) assert.ok(refuses(door, pattern, text), `${pattern} takes ${text}`);
    for (const [pattern, text] of taken) assert.ok(!refuses(door, pattern, text), `${pattern} refuses ${text}`);
  });
}
