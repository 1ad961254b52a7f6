import { deployment } from '../__testUtils__/InMemoryHarnessCd';
import { deploymentWords } from './deployment';

describe('deploymentWords', () => {
  it.each([
    [{}, 'v2.3.0', 'int-stable/euw1'],
    [{ region: undefined }, 'v2.3.0', 'int-stable'],
    [{ environmentName: undefined }, 'v2.3.0', 'int_stable/euw1'],
    [{ version: `sha256:${'0a1b2c3d'.repeat(8)}` }, 'sha256:0a1b2c3d0a1b…', 'int-stable/euw1'],
    [{ version: '1.20.0' }, '1.20.0', 'int-stable/euw1'],
    [{ imageTag: undefined, runNumber: 73 }, '#73', 'int-stable/euw1'],
    [{ imageTag: undefined }, 'e1', 'int-stable/euw1'],
    [{ environment: undefined, environmentName: undefined }, 'v2.3.0', 'deploy_int_stable'],
    [{ environment: undefined, environmentName: undefined, stageName: 'To int' }, 'v2.3.0', 'To int'],
    [{ environment: undefined, environmentName: undefined, stage: '' }, 'v2.3.0', 'payment_service_cd'],
  ])('calls a deployment with %j by its version %s and place %s', (about, tag, place) => {
    expect(deploymentWords(deployment({ executionId: 'e1', ...about }))).toEqual({ tag, place });
  });
});
