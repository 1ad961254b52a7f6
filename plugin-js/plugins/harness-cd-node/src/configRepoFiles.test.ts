import { mockServices } from '@backstage/backend-test-utils';
import { NotModifiedError } from '@backstage/errors';
import { configRepoReader } from './configRepoFiles';

const url = 'https://github.com/company/platform-config/tree/main/';
const urlReader = mockServices.urlReader.mock();

beforeEach(() => jest.resetAllMocks());

it('reads the descriptions of a URL, and none of the generated manifests', async () => {
  const tree = ['platform.yaml', 'generated/a/prod/euw1/manifests.yaml', 'templates/api-pipeline-template.yaml'];
  urlReader.readTree.mockImplementation(async (_, options) => ({
    etag: 'e1',
    files: async () =>
      tree.filter(path => options!.filter!(path)).map(path => ({ path, content: async () => Buffer.from(path) })),
    archive: () => Promise.reject(new Error('not used')),
    dir: () => Promise.reject(new Error('not used')),
  }));

  expect(await configRepoReader(url, urlReader)(undefined)).toEqual({
    version: 'e1',
    files: {
      'platform.yaml': 'platform.yaml',
      'templates/api-pipeline-template.yaml': 'templates/api-pipeline-template.yaml',
    },
  });
});

it('says nothing when a URL did not change', async () => {
  urlReader.readTree.mockRejectedValue(new NotModifiedError());
  expect(await configRepoReader(url, urlReader)('e1')).toBeUndefined();
  expect(urlReader.readTree).toHaveBeenCalledWith(url, expect.objectContaining({ etag: 'e1' }));
});
