import { deployment, runningProgress } from './__testUtils__/InMemoryHarnessCd';
import { currentStage, deploymentWords, isStatusFilter, isTerminal } from './status';

describe('deploymentWords', () => {
  it.each([
    [{}, 'v2.3.0', 'int-stable/euw1'],
    [{ region: undefined }, 'v2.3.0', 'int-stable'],
    [{ environmentName: undefined }, 'v2.3.0', 'int_stable/euw1'],
    [{ imageTag: undefined, runNumber: 73 }, '#73', 'int-stable/euw1'],
    [{ imageTag: undefined }, 'e1', 'int-stable/euw1'],
    [{ environment: undefined, environmentName: undefined }, 'v2.3.0', 'deploy_int_stable'],
    [{ environment: undefined, environmentName: undefined, stageName: 'To int' }, 'v2.3.0', 'To int'],
  ])('calls a deployment with %j by its tag %s and place %s', (about, tag, place) => {
    expect(deploymentWords(deployment({ executionId: 'e1', ...about }))).toEqual({ tag, place });
  });
});

describe('currentStage', () => {
  it('is the first stage that has begun and not ended', () => {
    const progress = runningProgress('e1');
    const [stage] = progress.stages;
    const ended = { ...stage, identifier: 'before', status: 'Success', phase: 'succeeded' as const };
    const queued = { ...stage, identifier: 'queued', status: 'Queued', phase: 'queued' as const };
    expect(currentStage({ ...progress, stages: [ended, queued, stage] })).toBe(stage);
    expect(currentStage({ ...progress, stages: [ended, queued] })).toBeUndefined();
  });
});

it('counts waiting for a person as not ended', () => {
  expect(isTerminal('waiting')).toBe(false);
  expect(isTerminal('held')).toBe(false);
  expect(isTerminal('failed')).toBe(true);
});

it.each([
  ['failed', true],
  ['toString', false],
  [null, false],
])('tells whether %j is a status filter', (text, expected) => {
  expect(isStatusFilter(text)).toBe(expected);
});
