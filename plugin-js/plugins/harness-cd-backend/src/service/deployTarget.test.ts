import type { LivePipeline } from 'backstage-plugin-harness-cd-common';
import { pipelineOf } from 'backstage-plugin-harness-cd-node';
import { harnessCdServiceMock } from 'backstage-plugin-harness-cd-node/testUtils';
import { readDeployTarget } from './deployTarget';

const address =
  'https://app.harness.io/ng/account/demo-account/module/cd/orgs/default/projects/platform/pipelines/shop_cd/pipeline-studio';
const entity = {
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Component',
  metadata: { name: 'shop', annotations: { 'harness.io/pipeline-url': address } },
};
const pipeline: LivePipeline = {
  identifier: 'shop_cd',
  yaml: '',
  tags: { service: 'shop' },
  inputs: [],
  stages: [],
  url: address,
};

it('names the branch that the entity names', async () => {
  const harnessCd = harnessCdServiceMock({ pipelines: [pipeline] });
  const { pipelines, ...others } = harnessCd.readAnnotations(entity.metadata.annotations);
  const onBranch = pipelines.map(link => ({ ...link, target: { ...link.target, branch: 'release' } }));
  expect((await readDeployTarget(await pipelineOf(entity, harnessCd), harnessCd)).branch).toBeUndefined();
  jest.spyOn(harnessCd, 'readAnnotations').mockReturnValue({ ...others, pipelines: onBranch });
  const read = jest.spyOn(harnessCd, 'getPipeline');
  expect(await readDeployTarget(await pipelineOf(entity, harnessCd), harnessCd)).toMatchObject({
    pipeline: 'shop_cd',
    scope: { account: 'demo-account', org: 'default', project: 'platform' },
    branch: 'release',
  });
  expect(read).toHaveBeenCalledWith(expect.objectContaining({ branch: 'release' }));
});
