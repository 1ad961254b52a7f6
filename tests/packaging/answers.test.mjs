import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { install } from './installed.mjs';

const { home } = install();
const door = createRequire(join(home, 'index.js'))('harness-cd-wasm');

const RULES = {
  service: 'payment-service',
  serviceIdentifier: 'payment_service',
  entity: 'component:default/payment-service',
  org: 'default',
  project: 'platform',
  pipeline: 'payment_service_cd',
  pipelineName: 'payment-service-cd',
  immutableTagsOnly: true,
  environments: [
    {
      name: 'prod',
      identifier: 'prod',
      environmentType: 'Production',
      regions: ['euw1'],
      changeWindows: [{ name: 'office-hours', days: ['Mon'], from: '09:00', to: '17:00', timeZone: 'Europe/Berlin' }],
      requiredFields: ['changeTicket'],
      approvals: [],
    },
  ],
};
const REQUEST = {
  service: 'payment-service',
  imageTag: 'v2.3.1',
  environment: 'prod',
  region: 'euw1',
  changeTicket: 'CHG-1234',
};
const codes = (request, now) => {
  const verdict = door.validateDeploy(JSON.stringify(request), { rules: RULES }, Date.parse(now));
  return verdict.kind === 'allowed' ? [] : verdict.violations.map(violation => violation.code);
};

test('a request is judged in the time zone of its window, in summer and in winter', () => {
  assert.deepEqual(codes(REQUEST, '2026-07-06T07:00:00Z'), []); // 09:00 in Berlin's summer
  assert.deepEqual(codes(REQUEST, '2026-01-05T07:00:00Z'), ['CHANGE_WINDOW_CLOSED']); // 08:00 in its winter
  assert.deepEqual(codes(REQUEST, '2026-01-05T08:00:00Z'), []);
});

test('a zone that nobody knows is an answer', () => {
  const [environment] = RULES.environments;
  const changeWindows = environment.changeWindows.map(window => ({ ...window, timeZone: 'Mars/Olympus' }));
  const rules = { ...RULES, environments: [{ ...environment, changeWindows }] };
  const verdict = door.validateDeploy(JSON.stringify(REQUEST), { rules }, 0);
  assert.deepEqual(
    verdict.violations.map(violation => violation.code),
    ['TIME_ZONE_UNKNOWN'],
  );
});

test('every mistake is named at once, unknown fields among them', () => {
  const request = { ...REQUEST, imageTag: 'latest', changeTicket: undefined, imagetag: 'v1' };
  const found = codes(request, '2026-01-05T08:00:00Z');
  for (const code of ['IMAGE_TAG_MUTABLE', 'FIELD_REQUIRED', 'FIELD_UNKNOWN']) assert.ok(found.includes(code), code);
});

test('a caller of the wrong shape gets an error with a code', () => {
  for (const wrong of [
    () => door.validateDeploy('{}', { rules: {} }, 0),
    () => door.validateDeploy('{}', { rule: null }, 0),
    () => door.readAnnotations({ a: 1 }),
    () => door.parseHarnessUrl('nonsense'),
    () => new door.HarnessClient({}),
  ]) {
    assert.throws(wrong, error => error instanceof door.HarnessCdError && error.code === 'INVALID_REQUEST');
  }
});

const summary = {
  pipelineIdentifier: 'payment_service_cd',
  planExecutionId: 'execution1',
  name: 'payment-service-cd',
  status: 'Success',
  startTs: 1,
  endTs: 2,
  runSequence: 7,
  startingNodeId: 'node1',
  layoutNodeMap: {
    node1: {
      nodeType: 'Deployment',
      nodeGroup: 'STAGE',
      nodeIdentifier: 'deploy',
      name: 'deploy',
      nodeUuid: 'node1',
      status: 'Success',
      module: 'cd',
      startTs: 1,
      endTs: 2,
      moduleInfo: {
        cd: {
          serviceInfo: { identifier: 'payment_service', displayName: 'payment-service' },
          infraExecutionSummary: { identifier: 'prod', name: 'prod', type: 'Production' },
        },
      },
      edgeLayoutList: { currentNodeChildren: [], nextIds: [] },
    },
  },
};

test('history comes in as bytes and goes out as JSON text', () => {
  const body = { status: 'SUCCESS', data: { content: [summary], totalElements: 1 } };
  const page = JSON.parse(door.shapeHistory(Buffer.from(JSON.stringify(body)), {}));
  assert.equal(page.deployments.length, 1);
  const [deployment] = page.deployments;
  assert.equal(deployment.executionId, 'execution1');
  assert.equal(deployment.service, 'payment_service');
  assert.equal(deployment.status, 'Success');
});

test('kept deployments come in as bytes and tell together as JSON text', () => {
  const { deployments } = JSON.parse(door.shapeHistory(Buffer.from(JSON.stringify([summary])), {}));
  const rows = Buffer.from(JSON.stringify(deployments));
  const { services } = JSON.parse(door.tellMatrix(rows, { nowMs: 5 }));
  assert.equal(services[0].environments[0].regions[0].running.executionId, 'execution1');
  assert.equal(JSON.parse(door.tellMetrics(rows, { fromMs: 0, toMs: 5 })).groups[0].succeeded, 1);
  assert.equal(JSON.parse(door.tellTimeline(rows, { filter: {}, limit: 1 })).stories[0].outcome, 'succeeded');
  assert.equal(JSON.parse(door.tellRunningAt(rows, 2))[0].environment, 'prod');
  assert.equal(JSON.parse(door.tellNewInProduction(rows, 0)).length, 1);
  assert.deepEqual(JSON.parse(door.tellVersionStops(rows, 'v0')), []);
});

test('what cannot be asked of kept deployments names its field, and rows that are none are a defect', () => {
  const told = (rows, question) => () => door.tellTimeline(Buffer.from(rows), question);
  const filter = { environment: ' ', fromMs: 2, toMs: 1 };
  assert.throws(told('[]', { filter, after: '?', limit: 1 }), {
    code: 'INVALID_REQUEST',
    message: /environment: .*; toMs: .*; after: /,
  });
  assert.throws(told('[]', { filter: { enviroment: 'prod' }, limit: 1 }), { code: 'INVALID_REQUEST' });
  assert.throws(told('[{}]', { filter: {}, limit: 1 }), { code: 'INTERNAL', message: /record of deployments/ });
});

test('a web page instead of history is an error with a code', () => {
  const body = Buffer.from('<!doctype html><title>Login</title>');
  assert.throws(
    () => door.shapeHistory(body, {}),
    error => error.code === 'MALFORMED_RESPONSE',
  );
});

test('a config repository without a platform description is an answer', () => {
  const reading = door.readConfigRepo({});
  assert.equal(reading.kind, 'rejected');
  assert.ok(reading.diagnostics.length > 0);
});

test('a refused connection is an error with a code, and the process lives on', async () => {
  const client = new door.HarnessClient({
    baseUrl: 'http://127.0.0.1:9',
    apiKey: 'key-of-a-test',
    account: 'a',
    timeoutMs: 500,
  });
  await assert.rejects(client.getExecution({ account: 'a', org: 'o', project: 'p' }, 'e'), error => {
    assert.equal(error.code, 'UNAVAILABLE');
    assert.ok(!JSON.stringify(error).includes('key-of-a-test') && !error.message.includes('key-of-a-test'));
    return true;
  });
  client.free();
  client.free();
  await assert.rejects(client.getExecution({ account: 'a', org: 'o', project: 'p' }, 'e'), /freed/);
});
