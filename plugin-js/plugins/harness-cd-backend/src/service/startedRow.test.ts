import type { Deployment } from 'backstage-plugin-harness-cd-common';
import { withStart } from './startedRow';

const held: Deployment = {
  id: 'e1/prod',
  executionId: 'e1',
  pipeline: 'payment_service_cd',
  stage: 'deploy_prod',
  status: 'ApprovalWaiting',
  phase: 'waiting',
  wholeRun: true,
  isRollback: false,
};
const start = { startedBy: 'user:default/ana', asked: { imageTag: 'v2.3.1' } };

describe('withStart', () => {
  it('says what a run that has not deployed yet was asked to bring', () => {
    expect(withStart(held, start)).toEqual({
      ...held,
      startedBy: 'user:default/ana',
      imageTag: 'v2.3.1',
      version: 'v2.3.1',
    });
  });

  it.each([
    ['what Harness says', { ...held, version: 'v2.3.0' }, start],
    ['a stage that runs and brings what it will say itself', { ...held, wholeRun: undefined }, start],
    [
      'a run that went through and deployed nothing',
      { ...held, status: 'Success', phase: 'succeeded' as const },
      start,
    ],
    ['a run that was asked for no tag', held, { ...start, asked: {} }],
  ])('leaves %s as it is', (_, row, of) => {
    expect(withStart(row, of)).toEqual({ ...row, startedBy: 'user:default/ana' });
  });

  it('adds nothing to a run that was started elsewhere', () => {
    expect(withStart(held, undefined)).toBe(held);
  });
});
