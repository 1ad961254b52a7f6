// History shaping: Harness's answers as bytes in, JSON text for Backstage out.
// The ways are compared for equality first. They run in random order inside each repetition, and each ratio is taken
// within one repetition, so that the machine's moods fall on all of them.
import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { shapeHistory } from '../../plugin-js/plugins/harness-cd-wasm/src/node.mjs';
import { pages } from './generate.mjs';
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

const median = values => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

function shuffled(items) {
  return items
    .map(item => ({ item, place: Math.random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}

function milliseconds(way, bodies) {
  const begin = performance.now();
  bodies.forEach(way.shape);
  return performance.now() - begin;
}

function compare(bodies) {
  const [body] = bodies;
  const answers = WAYS.map(way => JSON.parse(way.shape(body)));
  answers.forEach((answer, way) => assert.ok(isDeepStrictEqual(answer, answers[0]), `${WAYS[way].name} answers differently`));
  assert.equal(answers[0].deployments.length, 100);
}

function measure({ executions, repetitions }) {
  const bodies = pages(executions);
  compare(bodies);
  const bytes = bodies.reduce((sum, body) => sum + body.length, 0);
  const times = new Map(WAYS.map(way => [way, []]));
  for (let repetition = 0; repetition < repetitions; repetition += 1) {
    for (const way of shuffled(WAYS)) times.get(way).push(milliseconds(way, bodies));
  }
  console.log(`\n${executions} executions, ${(bytes / 1e6).toFixed(1)} MB, ${repetitions} repetitions`);
  const ours = times.get(WAYS.at(-1));
  for (const [way, taken] of times) {
    const ratios = taken.map((time, repetition) => time / ours[repetition]);
    const spread = `${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)}`;
    console.log(`  ${way.name.padEnd(28)}${median(taken).toFixed(2).padStart(9)} ms   ${median(ratios).toFixed(2)}x (${spread})`);
  }
}

console.log('Bytes of Harness in, JSON text out; a ratio over 1 means slower than WebAssembly; median (min–max)');
RUNS.forEach(measure);
