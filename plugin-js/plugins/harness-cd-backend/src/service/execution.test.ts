import { isExecutionOf } from './execution';

const wanted = { account: 'acme', org: 'default', project: 'platform', pipeline: 'payment_service_cd' };

it.each([
  [{}, true],
  [{ org: 'default', project: 'platform' }, true],
  [{ pipeline: 'ledger_service_cd' }, false],
  [{ org: 'other', project: 'platform' }, false],
  [{ org: 'default', project: 'other' }, false],
])('takes %p for one of its own: %p', (about, isOwn) => {
  expect(isExecutionOf({ pipeline: wanted.pipeline, ...about }, wanted)).toBe(isOwn);
});
