// For how long the worst that can be sent to it keeps the event loop of the backend, and what memory is left afterwards.
//
//   node --expose-gc blocking.mjs
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { pipeline, Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';

const door = createRequire(import.meta.url)('../../plugin-js/plugins/harness-cd-wasm/src/node.cjs');
const MB = 1024 * 1024;
const scope = { account: 'a', org: 'o', project: 'p' };
const idle = new door.HarnessClient({ baseUrl: 'http://127.0.0.1:1', apiKey: 'key', account: 'a', timeoutMs: 500 });
await idle.getExecution(scope, 'e').catch(() => {});

async function ask(answer, call) {
  const server = createServer(answer);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const baseUrl = `http://127.0.0.1:${server.address().port}`;
  const client = new door.HarnessClient({ baseUrl, apiKey: 'key', account: 'a', timeoutMs: 5_000 });
  try {
    return await call(client);
  } finally {
    client.free();
    server.closeAllConnections();
    server.close();
  }
}

function megabytes(count, before, part, after) {
  const chunk = Buffer.alloc(MB, part);
  return (_request, response) => {
    function* body() {
      yield before;
      for (let sent = 0; sent < count; sent += 1) yield chunk;
      yield after;
    }
    pipeline(Readable.from(body()), response, () => {});
  };
}

function drip(_request, response) {
  response.writeHead(200, { 'Content-Type': 'application/json' });
  const drops = setInterval(() => response.write(' '), 20);
  const collecting = setInterval(() => globalThis.gc(), 50);
  response.on('close', () => [drops, collecting].forEach(clearInterval));
}

const list = client => client.listDeployments(scope, {}, []);
const pattern = (regex, text) => {
  const input = { pointer: '/pipeline/variables/0/value', name: 'p', kind: 'text', required: true, regex, executionInput: false };
  return door.validateDeploy(JSON.stringify({ inputs: { p: text } }), { inputs: [input] }, 0);
};
const unknown = () => {
  const names = Array.from({ length: 5_000 }, (_, index) => [`n${index}`, 'x']);
  return JSON.stringify(door.validateDeploy(JSON.stringify({ inputs: Object.fromEntries(names) }), { inputs: [] }, 0));
};
const page = [Buffer.from('{"status":"SUCCESS","data":{"content":[1'), ',1', Buffer.from(']}}')];

const cases = {
  'an answer of 100 MB': () => ask(megabytes(100, ...page), list),
  'a list of 15 MB of numbers': () => ask(megabytes(15, ...page), list),
  'a body that drips': () => ask(drip, list),
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
  await wait(50);
  delay.enable();
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
process.exit(0);
