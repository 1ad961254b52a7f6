import { mockServices } from '@backstage/backend-test-utils';
import { NotModifiedError } from '@backstage/errors';
import { configRepoReader } from './configRepoFiles';

const url = 'https://github.com/company/platform-config/tree/main/';
const urlReader = mockServices.urlReader.mock();

beforeEach(() => jest.resetAllMocks());

/** A URL that holds these files; the text of each is its path, where nothing else is said. */
function serve(texts: Record<string, string>) {
  urlReader.readTree.mockImplementation(async (_, options) => ({
    etag: 'e1',
    files: async () =>
      Object.entries(texts)
        .filter(([path]) => options!.filter!(path))
        .map(([path, text]) => ({ path, content: async () => Buffer.from(text) })),
    archive: () => Promise.reject(new Error('not used')),
    dir: () => Promise.reject(new Error('not used')),
  }));
}

it('reads the descriptions of a URL, and none of the generated manifests', async () => {
  const described = {
    'platform.yaml': 'a platform',
    'templates/api-pipeline-template.yaml': 'a template',
  };
  serve({ ...described, 'generated/a/prod/euw1/manifests.yaml': 'a manifest', 'templates/README.md': 'no template' });
  expect(await configRepoReader(url, urlReader)(undefined)).toEqual({ version: 'e1', files: described });
  expect(urlReader.readTree).toHaveBeenCalledTimes(1);
});

it('follows the layout of a URL', async () => {
  const described = {
    'harness-cd.yaml': 'services: apps/*.yaml\ntemplates: harness-pipelines/templates\n',
    'platform.yaml': 'a platform',
    'apps/a.yaml': 'a service',
    'apps/b.yml': 'another',
    'harness-pipelines/templates/api-pipeline-template.yaml': 'a template',
  };
  serve({
    ...described,
    'services.yaml': 'not read',
    'apps/deeper/c.yaml': 'not read',
    'templates/x.yaml': 'not read',
  });
  expect(await configRepoReader(url, urlReader)(undefined)).toEqual({ version: 'e1', files: described });
});

it('says nothing when a URL did not change', async () => {
  urlReader.readTree.mockRejectedValue(new NotModifiedError());
  expect(await configRepoReader(url, urlReader)('e1')).toBeUndefined();
  expect(urlReader.readTree).toHaveBeenCalledWith(url, expect.objectContaining({ etag: 'e1' }));
});
