// What a server can cost: an answer that never ends, and one that is larger than any that is meant.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pipeline, Readable } from 'node:stream';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { install } from './installed.mjs';

const { home } = install();
const door = createRequire(join(home, 'index.js'))('harness-cd-wasm');

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');

const scope = { account: 'a', org: 'o', project: 'p' };

/** A client of a server that answers so, for as long as `use` takes. */
async function withServer(answer, use) {
  const server = createServer(answer);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const baseUrl = `http://127.0.0.1:${server.address().port}`;
  const client = new door.HarnessClient({ baseUrl, apiKey: 'key', account: 'a', timeoutMs: 500 });
  try {
    await use(client);
  } finally {
    client.free();
    server.closeAllConnections();
    server.close();
  }
}

/** Headers at once, and then a byte at a time, for ever. */
function drip(_request, response) {
  response.writeHead(200, { 'Content-Type': 'application/json' });
  const drops = setInterval(() => response.write(' '), 20);
  response.on('close', () => clearInterval(drops));
}

const ended = { timeout: 30_000 };

test('a body that drips ends in time, whatever the garbage collector does', ended, async () => {
  const collecting = setInterval(collectGarbage, 50);
  try {
    await withServer(drip, async client => {
      await assert.rejects(client.getExecution(scope, 'e'), error => error.code === 'TIMEOUT');
      await assert.rejects(client.getPipeline({ ...scope, pipeline: 'p' }), error => error.code === 'TIMEOUT');
    });
  } finally {
    clearInterval(collecting);
  }
});

test('an answer of a hundred megabytes is given up after sixteen', ended, async () => {
  const chunk = Buffer.alloc(1024 * 1024, '1,');
  let sent = 0;
  function* hundred() {
    for (sent = 0; sent < 100; sent += 1) yield chunk;
  }
  const flood = (_request, response) => pipeline(Readable.from(hundred()), response, () => {});
  const before = process.memoryUsage().rss;
  await withServer(flood, async client => {
    await assert.rejects(
      client.getExecution(scope, 'e'),
      error => error.code === 'MALFORMED_RESPONSE' && error.message.includes('longer than 16 MB'),
    );
  });
  collectGarbage();
  assert.ok(sent < 50, `${sent} MB were sent`);
  const more = process.memoryUsage().rss - before;
  assert.ok(more < 300 * 1024 * 1024, `${more} bytes more`);
});

test('other requests go on meanwhile', ended, async () => {
  await withServer(drip, async slow => {
    const waiting = assert.rejects(slow.getExecution(scope, 'e'), error => error.code === 'TIMEOUT');
    await withServer(
      (_request, response) => response.writeHead(401).end('{}'),
      client => assert.rejects(client.getExecution(scope, 'e'), error => error.code === 'UNAUTHORIZED'),
    );
    await waiting;
  });
});
