import type { Deployment } from 'backstage-plugin-harness-cd-common';
import { holds } from './holds';

const row: Deployment = {
  id: 'e1/a',
  executionId: 'e1',
  pipeline: 'payment_service_cd',
  pipelineName: 'Payment Service CD',
  runNumber: 112,
  stage: 'deploy',
  status: 'Success',
  phase: 'succeeded',
  service: 'payment_service',
  environment: 'int_stable',
  environmentName: 'int-stable',
  region: 'euw1',
  version: 'v2.3.1',
  startedBy: 'user:default/ana',
  isRollback: false,
};

it.each([
  ['', true],
  ['  ', true],
  ['PAYMENT', true],
  ['v2.3 euw1', true],
  ['v2.3 euw2', false],
  ['ana', true],
  ['int-stable', true],
  ['service cd', true],
  ['112', true],
  ['#112', true],
  ['#11', false],
  ['undefined', false],
])('tells of %j whether the row holds it', (text, expected) => {
  expect(holds(row, text)).toBe(expected);
});

it('does not take a run without a number for one called so', () => {
  expect(holds({ ...row, runNumber: undefined }, 'undefined')).toBe(false);
});
