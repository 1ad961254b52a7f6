// For how long the worst that can be sent to it keeps the event loop of the backend, and what memory is left afterwards.
//
//   node --expose-gc blocking.mjs
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';

const door = createRequire(import.meta.url)('../../plugin-js/plugins/harness-cd-wasm/src/node.cjs');
const MB = 1024 * 1024;
const scope = { account: 'a', org: 'o', project: 'p' };

// In a process of its own: its work is none of the backend's.
const server = spawn(process.execPath, [join(import.meta.dirname, 'hostile.mjs')], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
const { value: address } = await createInterface({ input: server.stdout })[Symbol.asyncIterator]().next();

const clientOf = baseUrl => new door.HarnessClient({ baseUrl, apiKey: 'key', account: 'a', timeoutMs: 5_000 });

// One that did something once and is kept: it must not keep what the others leave behind.
const idle = clientOf('http://127.0.0.1:1');
await idle.getExecution(scope, 'e').catch(() => {});

async function ask(answer) {
  const client = clientOf(`${address}/${answer}`);
  const collecting = answer === 'drip' ? setInterval(() => globalThis.gc({ type: 'minor' }), 50) : undefined;
  try {
    return await client.listDeployments(scope, {}, {});
  } finally {
    clearInterval(collecting);
    client.free();
  }
}

const pattern = (regex, text) => {
  const input = {
    pointer: '/pipeline/variables/0/value',
    name: 'p',
    kind: 'text',
    required: true,
    regex,
    executionInput: false,
  };
  return door.validateDeploy(JSON.stringify({ inputs: { p: text } }), { inputs: [input] }, 0);
};
const unknown = () => {
  const names = Array.from({ length: 5_000 }, (_, index) => [`n${index}`, 'x']);
  return JSON.stringify(door.validateDeploy(JSON.stringify({ inputs: Object.fromEntries(names) }), { inputs: [] }, 0));
};
const cases = {
  'an answer of 100 MB': () => ask('flood'),
  'a list of 15 MB of numbers': () => ask('numbers'),
  'a body that drips': () => ask('drip'),
  '(a{0,200}){0,200} against 4,096 characters': () => pattern('(a{0,200}){0,200}', `${'a'.repeat(4095)}!`),
  '([a-zA-Z0-9]+[-._]?)+ against 31 characters': () => pattern('([a-zA-Z0-9]+[-._]?)+', `${'a'.repeat(30)}!`),
  'a pattern of 60 KB': () => pattern('(a|b)?'.repeat(10_000), 'a'),
  '5,000 unknown inputs': unknown,
};

function brief(answer) {
  const text = typeof answer === 'string' ? answer : JSON.stringify(answer);
  return `${text.length} characters: ${text.slice(0, 100)}`;
}

for (const [name, run] of Object.entries(cases)) {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await wait(50); // the first tick is what the others are measured from
  const started = performance.now();
  const said = await Promise.resolve()
    .then(run)
    .then(
      answer => brief(answer),
      error => error.code ?? error.message,
    );
  const took = performance.now() - started;
  await wait(50);
  delay.disable();
  globalThis.gc();
  await wait(100);
  const rss = Math.round(process.memoryUsage().rss / MB);
  console.log(
    `${name}: loop held ${(delay.max / 1e6).toFixed(0)} ms at most, ${took.toFixed(0)} ms in all, ${rss} MB after, ${said}`,
  );
}
server.kill();
process.exit(0);
