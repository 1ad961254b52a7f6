import { ServiceFactoryTester } from '@backstage/backend-test-utils';
import {
  DEPLOY_VARIABLES,
  type DeployRules,
  type LivePipeline,
  type RuntimeInput,
} from 'backstage-plugin-harness-cd-common';
import { harnessCdServiceMock } from 'backstage-plugin-harness-cd-node/testUtils';
import { DefaultHarnessCdService } from '../HarnessCdService';

const rules: DeployRules = {
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
      name: 'int-stable',
      identifier: 'int_stable',
      environmentType: 'PreProduction',
      regions: ['euw1'],
      requiredFields: [],
      approvals: [],
    },
  ],
};

const inputs = DEPLOY_VARIABLES.map((name, index): RuntimeInput => ({
  pointer: `/pipeline/variables/${index}/value`,
  name,
  label: name,
  kind: 'text',
  required: true,
  executionInput: false,
}));

const pipeline: LivePipeline = {
  identifier: 'payment_service_cd',
  yaml: 'pipeline: {}',
  tags: {},
  inputs,
  stages: [],
  url: 'https://app.harness.io/payment_service_cd',
};

const scope = { account: 'demo-account', org: 'default', project: 'platform' };
const payment = { ...scope, pipeline: 'payment_service_cd' };
const target = { entityRef: 'component:default/payment-service', pipeline: payment, rules };
const request = { service: 'payment-service', imageTag: 'v2.3.1', environment: 'int-stable', region: 'euw1' };

describe('harnessCdServiceMock', () => {
  it('stands in for the service of a backend that has no config', async () => {
    const harnessCd = await ServiceFactoryTester.from(
      harnessCdServiceMock.factory({ rules: [rules], pipelines: [pipeline] }),
    ).getSubject();
    expect(await harnessCd.deployRules(payment)).toEqual(rules);
    expect(await harnessCd.deployRulesOfService(scope, 'payment_service')).toEqual(rules);
    expect(await harnessCd.getPipeline(payment)).toEqual({
      value: pipeline,
    });
  });

  it('starts what it allows', async () => {
    const harnessCd = harnessCdServiceMock({ rules: [rules], pipelines: [pipeline] });
    const check = await harnessCd.checkDeploy(JSON.stringify(request), target);
    expect(check).toMatchObject({ kind: 'allowed', pipeline: payment, request });
    if (check.kind === 'rejected') throw new Error('see above');
    const nonce = 'nonce-of-ana';
    const { executionId } = await harnessCd.deploy(check, { startedBy: 'user:default/ana', nonce });
    expect(await harnessCd.getExecution(scope, executionId)).toMatchObject({ executionId, phase: 'active' });
    const [lost, another] = [nonce, 'another-nonce'].map(ofRun => ({ nonce: ofRun, since: 0 }));
    expect(await harnessCd.findStarted(payment, lost, [])).toMatchObject({ executionId });
    expect(await harnessCd.findStarted(payment, another, [])).toBeUndefined();
    const { found } = await harnessCd.lookForStarted(payment, [lost, another], []);
    expect([...found.keys()]).toEqual([nonce]);
  });

  it.each([
    ['component:default/payment-service', {}, 'own'],
    ['component:default/ledger-service', {}, 'foreign'],
    ['component:default/payment-service', { 'backstage-entity': 'component:default/ledger-service' }, 'foreign'],
  ])(
    'judges as the real one does whether %s may see a pipeline with the tags %p: %s',
    async (entityRef, tags, kind) => {
      const harnessCd = harnessCdServiceMock({ rules: [rules], pipelines: [{ ...pipeline, tags }] });
      const claimed = { ...target, entityRef };
      expect(await harnessCd.judgeReading(claimed)).toMatchObject({ kind });
      const check = await harnessCd.checkDeploy(JSON.stringify(request), claimed).catch(error => error);
      const refused = { code: 'FOREIGN_PIPELINE', name: 'NotAllowedError' };
      expect(check).toMatchObject(kind === 'own' ? { kind: 'allowed' } : refused);
    },
  );

  it('trusts an annotation as far as it is told to, where the pipeline names nobody', async () => {
    const claimed = { entityRef: 'component:default/shop', pipeline: payment };
    const kinds = (['none', 'read', 'all'] as const).map(async trustAnnotations => {
      const harnessCd = harnessCdServiceMock({ pipelines: [pipeline], trustAnnotations });
      return (await harnessCd.judgeReading(claimed)).kind;
    });
    expect(await Promise.all(kinds)).toEqual(['unnamed', 'own', 'own']);
  });

  it('checks requests as the real one does', async () => {
    const harnessCd = harnessCdServiceMock({ rules: [rules], pipelines: [pipeline] });
    const wrong = JSON.stringify({ ...request, imageTag: 'latest', region: 'mars' });
    const check = await harnessCd.checkDeploy(wrong, target);
    expect(check).toMatchObject({
      kind: 'rejected',
      violations: [{ code: 'IMAGE_TAG_MUTABLE' }, { code: 'REGION_UNKNOWN' }],
    });
  });

  it('lists the deployments of the pipelines that are asked for', async () => {
    const deployments = ['payment_service_cd', 'ledger_service_cd'].map(name => ({
      id: `${name}/deploy`,
      executionId: name,
      pipeline: name,
      stage: 'deploy',
      status: 'Success',
      phase: 'succeeded' as const,
      isRollback: false,
    }));
    const harnessCd = harnessCdServiceMock({ deployments });
    expect((await harnessCd.listDeployments(scope, { pipelines: ['ledger_service_cd'] })).deployments).toEqual([
      deployments[1],
    ]);
    expect((await harnessCd.listDeployments(scope, {})).deployments).toEqual(deployments);
  });

  it('has the failures of the real one', async () => {
    const harnessCd = harnessCdServiceMock();
    const ref = { ...scope, pipeline: 'nothing_cd' };
    await expect(harnessCd.getPipeline(ref)).rejects.toMatchObject({ code: 'PIPELINE_NOT_FOUND' });
    await expect(harnessCd.getPipeline({ ...ref, org: 'other' })).rejects.toMatchObject({ code: 'WRONG_SCOPE' });
    await expect(harnessCd.getExecution(ref, 'nothing')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('has a mock function for every method', async () => {
    const methods = Object.getOwnPropertyNames(DefaultHarnessCdService.prototype).filter(
      name => !['constructor', 'tryAccess'].includes(name),
    );
    const mock = harnessCdServiceMock.mock();
    const functions = Object.entries(mock).filter(([, value]) => jest.isMockFunction(value));
    expect(functions.map(([name]) => name).sort()).toEqual(methods.sort());

    expect(await ServiceFactoryTester.from(mock.factory).getSubject()).toBe(mock);
  });
});
