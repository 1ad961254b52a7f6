import { ConfigReader } from '@backstage/config';
import { readHarnessCdConfig, unknownKeys } from './config';

const ofOneProject = { apiKey: 'key', account: 'acc', org: 'default', project: 'platform' };
const account = { id: 'acc', apiKey: 'key', projects: ['default/platform', 'payments/*'] };

const read = (harnessCd: object) => readHarnessCdConfig(new ConfigReader({ harnessCd: { ...harnessCd } }));

it('reads one project in the short form, at app.harness.io where no other address is given', () => {
  expect(read({ ...ofOneProject, configRepo: '.' })).toEqual({
    accounts: [
      {
        id: 'acc',
        baseUrl: 'https://app.harness.io',
        apiKey: 'key',
        projects: ['default/platform'],
        configuredAt: 'harnessCd.org and harnessCd.project',
      },
    ],
    configRepos: [{ target: '.', scope: {}, configuredAt: 'harnessCd.configRepo' }],
    trustAnnotations: 'read',
    isOfOneProject: true,
  });
});

it('reads several accounts, and config repos of parts of them', () => {
  const vanity = { id: 'other', apiKey: 'another', baseUrl: 'https://harness.acme.example', projects: ['*/*'] };
  const configRepos = [{ path: 'a', account: 'other', org: 'default', project: 'shop' }, { path: 'b' }];
  expect(read({ accounts: [account, vanity], configRepos })).toEqual({
    accounts: [
      { ...account, baseUrl: 'https://app.harness.io', configuredAt: 'harnessCd.accounts[0].projects' },
      { ...vanity, configuredAt: 'harnessCd.accounts[1].projects' },
    ],
    configRepos: [
      {
        target: 'a',
        scope: { account: 'other', org: 'default', project: 'shop' },
        configuredAt: 'harnessCd.configRepos[0].path',
      },
      { target: 'b', scope: {}, configuredAt: 'harnessCd.configRepos[1].path' },
    ],
    trustAnnotations: 'read',
    isOfOneProject: false,
  });
});

it('needs no config repo, and takes an empty one for a mistake', () => {
  expect(read(ofOneProject).configRepos).toEqual([]);
  expect(() => read({ ...ofOneProject, configRepo: ' ' })).toThrow('harnessCd.configRepo is empty; set it to');
  expect(() => read({ accounts: [account], configRepos: [{ org: 'x' }] })).toThrow('configRepos[0].path is empty');
});

it('reads how far annotations are trusted, and refuses what is no degree of it', () => {
  const trust = (trustAnnotations: string) => read({ ...ofOneProject, trustAnnotations }).trustAnnotations;
  expect(['none', 'read', 'all'].map(trust)).toEqual(['none', 'read', 'all']);
  expect(() => trust('yes')).toThrow('harnessCd.trustAnnotations is yes; set it to none, read, all.');
});

it('names every missing key at once', () => {
  expect(() => read({ ...ofOneProject, apiKey: ' ', project: undefined })).toThrow(
    'harnessCd.apiKey is missing; set it to an API key of Harness, for example ${HARNESS_API_KEY} with that variable in the environment. harnessCd.project is missing',
  );
  expect(() => readHarnessCdConfig(new ConfigReader({}))).toThrow(/harnessCd\.account is missing.*project is missing/);
});

it.each([
  [{ accounts: [] }, /^harnessCd\.accounts is empty/],
  [
    { accounts: [{}] },
    /accounts\[0\]\.id is missing.*accounts\[0\]\.apiKey is missing.*accounts\[0\]\.projects is missing/,
  ],
  [
    { accounts: [account], apiKey: 'k', org: 'x' },
    /^harnessCd\.apiKey, harnessCd\.org cannot stand beside harnessCd\.accounts/,
  ],
  [{ accounts: [account, account] }, /^harnessCd\.accounts has acc twice/],
  [
    { accounts: [{ ...account, projects: ['platform', 'a/b/c'] }] },
    /projects has "platform", .*projects has "a\/b\/c", which/,
  ],
  [{ accounts: [account], configRepos: [{ path: '.', account: 'x' }] }, /configRepos\[0\]\.account is x, of which/],
  [
    { accounts: [account], configRepos: [{ path: '.', project: 'x' }] },
    /name its organization as harnessCd\.configRepos\[0\]\.org/,
  ],
])('says of %j what is wrong', (harnessCd, sentence) => {
  expect(() => read(harnessCd)).toThrow(sentence);
});

it('names every key that does not exist at once, with those that do', () => {
  const harnessCd = { accounts: [{ ...account, key: 'k' }], configRepos: [{ path: '.', url: 'x' }], configrepo: '.' };
  expect(unknownKeys(new ConfigReader({ harnessCd }))).toBe(
    'app-config has keys that nothing reads: harnessCd.configrepo, harnessCd.accounts[0].key, harnessCd.configRepos[0].url. ' +
      'The keys of harnessCd are accounts, baseUrl, apiKey, account, org, project, configRepo, configRepos, trustAnnotations; ' +
      'those of an account id, baseUrl, apiKey, projects; those of one of the configRepos path, account, org, project.',
  );
});

it.each([{}, { harnessCd: { ...ofOneProject, baseUrl: 'x' } }, { harnessCd: { accounts: [account] } }])(
  'has no word on %p',
  data => {
    expect(unknownKeys(new ConfigReader(data))).toBeUndefined();
  },
);
