import type { Entity } from '@backstage/catalog-model';
import type { DeployRules } from 'backstage-plugin-harness-cd-common';
import { harnessCdServiceMock } from 'backstage-plugin-harness-cd-node/testUtils';
import { pipelineOf } from './pipelineOf';

const PAGE =
  'https://app.harness.io/ng/account/demo-account/module/cd/orgs/default/projects/platform/pipelines/shop_cd/pipeline-studio';

function entity(annotations: Record<string, string>): Entity {
  return { apiVersion: 'backstage.io/v1alpha1', kind: 'Component', metadata: { name: 'shop', annotations } };
}

const named = entity({ 'harness.io/pipeline-url': PAGE });
const shop = { account: 'demo-account', org: 'default', project: 'platform', pipeline: 'shop_cd' };

it('is what the annotation names, with the rules of its service', async () => {
  const rules = { service: 'shop', pipeline: 'shop_cd' } as DeployRules;
  expect(await pipelineOf(named, harnessCdServiceMock({ rules: [rules] }))).toEqual({
    entityRef: 'component:default/shop',
    pipeline: shop,
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
        'is on app.harness.io; this portal is configured for https://harness.acme.example.',
      ),
    },
  ],
])('is of the Harness at %s', async (baseUrl, expected) => {
  const harnessCd = Object.assign(harnessCdServiceMock(), { baseUrl });
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
