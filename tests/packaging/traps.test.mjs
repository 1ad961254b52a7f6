// A trap for real, in the very binary that ships: an array that claims four gigabytes makes the allocator fail.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { install } from './installed.mjs';

const { home } = install();
const door = createRequire(join(home, 'index.js'))('harness-cd-wasm');

const trap = () => door.shapeHistory({ length: 0xfffffff0 }, {});
const isInternal = error => error instanceof door.HarnessCdError && error.code === 'INTERNAL';

test('a trap is an error with the code INTERNAL, and the next call works', () => {
  for (let round = 0; round < 50; round += 1) {
    assert.throws(trap, isInternal);
    assert.deepEqual(door.readAnnotations({}), { pipelines: [], services: [], problems: [] });
  }
});

test('a call in flight outlives the instance that another call brought down', async () => {
  const scope = { account: 'a', org: 'o', project: 'p' };
  const server = createServer((_request, response) => setTimeout(() => response.writeHead(401).end('{}'), 200));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const client = new door.HarnessClient({
    baseUrl: `http://127.0.0.1:${server.address().port}`,
    apiKey: 'key',
    account: 'a',
    timeoutMs: 5000,
  });
  const inFlight = client.getExecution(scope, 'e');
  inFlight.catch(() => {});
  assert.throws(trap, isInternal);
  await assert.rejects(inFlight, error => error.code === 'UNAUTHORIZED');
  // The client has no handle in the new instance yet, and gets one.
  await assert.rejects(client.getExecution(scope, 'e'), error => error.code === 'UNAUTHORIZED');
  client.free();
  server.close();
});

test('a stack overflow on the way in costs the call alone', () => {
  let nested = {};
  for (let depth = 0; depth < 200_000; depth += 1) nested = { a: nested };
  assert.throws(() => door.readAnnotations(nested));
  assert.deepEqual(door.readAnnotations({}), { pipelines: [], services: [], problems: [] });
});

test('a hundred thousand bad calls leave memory flat', () => {
  const before = process.memoryUsage().arrayBuffers + process.memoryUsage().external;
  for (let call = 0; call < 100_000; call += 1) {
    try {
      door.validateDeploy('{"service":', { rules: {} }, 0);
    } catch {
      // wanted
    }
  }
  const after = process.memoryUsage().arrayBuffers + process.memoryUsage().external;
  assert.ok(after - before < 16 * 1024 * 1024, `${after - before} bytes more`);
});
