// History shaping: Harness's answers as bytes in, JSON text for Backstage out.
// The ways are compared for equality first.
import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { shapeHistory } from '../../plugin-js/plugins/harness-cd-wasm/src/generated/node.mjs';
import { pages } from './generate.mjs';
import { measure, median, milliseconds, ratio } from './measure.mjs';
import { shapeChecking, shapeTrusting } from './shape.ts';

const OPTIONS = { uiBase: 'https://app.harness.io', account: 'vpCkHKsDSxK9_KYfjCTMKA', regions: ['euw1', 'use1'] };
const WAYS = [
  { name: 'TypeScript, JSON.parse', shape: body => shapeTrusting(body, OPTIONS) },
  { name: 'TypeScript, checked by zod', shape: body => shapeChecking(body, OPTIONS) },
  { name: 'Rust in WebAssembly', shape: body => shapeHistory(body, OPTIONS) },
];
const RUNS = [
  { executions: 100, repetitions: 41 },
  { executions: 10_000, repetitions: 9 },
];

function compare(bodies) {
  const [body] = bodies;
  const answers = WAYS.map(way => JSON.parse(way.shape(body)));
  answers.forEach((answer, way) =>
    assert.ok(isDeepStrictEqual(answer, answers[0]), `${WAYS[way].name} answers differently`),
  );
  assert.equal(answers[0].deployments.length, 100);
}

function report({ executions, repetitions }) {
  const bodies = pages(executions);
  compare(bodies);
  const bytes = bodies.reduce((sum, body) => sum + body.length, 0);
  const times = measure(WAYS, repetitions, way => milliseconds(() => bodies.forEach(way.shape)));
  console.log(`\n${executions} executions, ${(bytes / 1e6).toFixed(1)} MB, ${repetitions} repetitions`);
  const ours = times.get(WAYS.at(-1));
  for (const [way, taken] of times) {
    console.log(`  ${way.name.padEnd(28)}${median(taken).toFixed(2).padStart(9)} ms   ${ratio(taken, ours, 2)}`);
  }
}

console.log(
  'History shaping: bytes of Harness in, JSON text out; a ratio over 1 means slower than WebAssembly; median (min–max)',
);
RUNS.forEach(report);
