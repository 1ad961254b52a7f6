import type { Entity } from '@backstage/catalog-model';
import type { Deployment, DeployRules } from 'backstage-plugin-harness-cd-common';
import { harnessCdServiceMock } from 'backstage-plugin-harness-cd-node/testUtils';
import { pipelineOf, pipelinesOf } from './pipelineOf';

const PAGE =
  'https://app.harness.io/ng/account/demo-account/module/cd/orgs/default/projects/platform/pipelines/shop_cd/pipeline-studio';

function entity(annotations: Record<string, string>): Entity {
  return { apiVersion: 'backstage.io/v1alpha1', kind: 'Component', metadata: { name: 'shop', annotations } };
}

const named = entity({ 'harness.io/pipeline-url': PAGE });
const shop = { account: 'demo-account', org: 'default', project: 'platform', pipeline: 'shop_cd' };

it('is what the annotation names, with the rules of its service', async () => {
  const rules: DeployRules = {
    service: 'shop',
    serviceIdentifier: 'shop',
    entity: 'component:default/shop',
    org: shop.org,
    project: shop.project,
    pipeline: shop.pipeline,
    pipelineName: 'shop-cd',
    immutableTagsOnly: true,
    environments: [],
  };
  expect(await pipelineOf(named, harnessCdServiceMock({ rules: [rules] }))).toEqual({
    entityRef: 'component:default/shop',
    label: 'shop_cd',
    pipeline: shop,
    services: [],
    isFound: false,
    rules,
  });
});

it('has the branch that the page names', async () => {
  const harnessCd = harnessCdServiceMock();
  const { pipelines, ...others } = harnessCd.readAnnotations(named.metadata.annotations!);
  const [link] = pipelines;
  const onBranch = { ...others, pipelines: [{ ...link, target: { ...link.target, branch: 'release' } }] };
  jest.spyOn(harnessCd, 'readAnnotations').mockReturnValue(onBranch);
  expect((await pipelineOf(named, harnessCd)).pipeline).toEqual({ ...shop, branch: 'release' });
});

it.each([
  ['https://app.harness.io/gateway', { pipeline: shop }],
  ['http://127.0.0.1:4000', { pipeline: shop }],
  [
    'https://harness.acme.example',
    {
      code: 'WRONG_SCOPE',
      message: expect.stringContaining(
        'is at app.harness.io; the Harness of the account demo-account is https://harness.acme.example by app-config.',
      ),
    },
  ],
])('is of the Harness at %s', async (baseUrl, expected) => {
  const accounts = harnessCdServiceMock().accounts.map(account => ({ ...account, baseUrl }));
  const harnessCd = harnessCdServiceMock({ accounts });
  expect(await pipelineOf(named, harnessCd).catch(error => error)).toMatchObject(expected);
});

it("takes an annotation that cannot be read for the entity's mistake, not for an outage", async () => {
  const broken = entity({ 'harness.io/pipeline-url': 'https://app.harness.io/somewhere' });
  await expect(pipelineOf(broken, harnessCdServiceMock())).rejects.toMatchObject({
    name: 'InputError',
    code: 'INVALID_CONFIG',
    message: expect.stringContaining('harness.io/pipeline-url of component:default/shop'),
  });
});

describe('several pipelines', () => {
  const at = (rest: string) => PAGE.replace(/platform\/.*/, rest);
  const run = (pipeline: string, service: string) =>
    ({ id: `${pipeline}/${service}`, executionId: pipeline, pipeline, service }) as Deployment;
  const several = entity({
    'harness.io/pipelines': `dev: ${PAGE}\nprod: ${at('payments/pipelines/shop_prod')}`,
    'harness.io/services': `shop: ${at('platform/services/shop')}`,
  });
  const accounts = harnessCdServiceMock().accounts.map(account => ({ ...account, projects: ['default/*'] }));

  it('are told apart by their labels; the first is meant where none is given', async () => {
    const harnessCd = harnessCdServiceMock({ accounts });
    expect(await pipelineOf(several, harnessCd)).toMatchObject({ label: 'dev', pipeline: shop, services: ['shop'] });
    const prod = { ...shop, project: 'payments', pipeline: 'shop_prod' };
    expect(await pipelineOf(several, harnessCd, 'prod')).toMatchObject({ pipeline: prod, services: [] });
    await expect(pipelineOf(several, harnessCd, 'stage')).rejects.toMatchObject({
      code: 'PIPELINE_NOT_FOUND',
      message: 'component:default/shop has no pipeline called stage; it has dev, prod.',
    });
  });

  it('do not make one unusable that is out of reach', async () => {
    const harnessCd = harnessCdServiceMock();
    expect(await pipelineOf(several, harnessCd)).toMatchObject({ label: 'dev' });
    await expect(pipelineOf(several, harnessCd, 'prod')).rejects.toMatchObject({
      code: 'WRONG_SCOPE',
      message: expect.stringContaining('harnessCd.accounts[0].projects'),
    });
  });

  it('are found by what deployed the services, each once, with the services that it deploys', async () => {
    const ofServices = entity({
      'harness.io/services': `shop: ${at('platform/services/shop')}\ncart: ${at('platform/services/cart')}`,
    });
    const deployments = [run('all_cd', 'shop'), run('shop_cd', 'shop'), run('all_cd', 'cart'), run('x', 'y')];
    const { claims, failures } = await pipelinesOf(ofServices, harnessCdServiceMock({ deployments }));
    expect(failures).toEqual([]);
    expect(claims).toMatchObject([
      { label: 'all_cd', services: ['shop', 'cart'], isFound: true },
      { label: 'shop_cd', services: ['shop'], isFound: true },
    ]);
  });

  it('of one service do not hide behind another one that nothing deployed', async () => {
    const ofServices = entity({
      'harness.io/services': `cart: ${at('platform/services/cart')}\nshop: ${at('platform/services/shop')}`,
    });
    const harnessCd = harnessCdServiceMock({ deployments: [run('shop_cd', 'shop')] });
    expect(await pipelineOf(ofServices, harnessCd)).toMatchObject({ pipeline: shop });
    expect((await pipelinesOf(ofServices, harnessCd)).failures).toMatchObject([{ code: 'PIPELINE_NOT_FOUND' }]);
    await expect(pipelineOf(ofServices, harnessCd, 'cart_cd')).rejects.toThrow('deployed the service cart lately');
  });
});
