import { ConfigReader } from '@backstage/config';
import { readHarnessCdConfig, unknownKeys } from './config';

const complete = { apiKey: 'key', account: 'acc', org: 'default', project: 'platform', configRepo: '.' };

it('asks app.harness.io where no other address is given', () => {
  expect(readHarnessCdConfig(new ConfigReader({ harnessCd: complete }))).toEqual({
    baseUrl: 'https://app.harness.io',
    apiKey: 'key',
    scope: { account: 'acc', org: 'default', project: 'platform' },
    configRepo: '.',
    trustAnnotations: 'read',
  });
});

it('reads how far annotations are trusted, and refuses what is no degree of it', () => {
  const read = (trustAnnotations: string) =>
    readHarnessCdConfig(new ConfigReader({ harnessCd: { ...complete, trustAnnotations } })).trustAnnotations;
  expect(['none', 'read', 'all'].map(read)).toEqual(['none', 'read', 'all']);
  expect(() => read('yes')).toThrow('harnessCd.trustAnnotations is yes; set it to none, read, all.');
});

it('names every missing key at once', () => {
  const config = new ConfigReader({ harnessCd: { ...complete, apiKey: ' ', project: undefined } });
  expect(() => readHarnessCdConfig(config)).toThrow(
    'harnessCd.apiKey is missing; set it to an API key of Harness, for example ${HARNESS_API_KEY} with that variable in the environment. harnessCd.project is missing',
  );
});

it('names them where there is no harnessCd at all', () => {
  expect(() => readHarnessCdConfig(new ConfigReader({}))).toThrow(
    /harnessCd\.account is missing.*configRepo is missing/,
  );
});

it('names every key that does not exist at once, with those that do', () => {
  const config = new ConfigReader({ harnessCd: { ...complete, apikey: 'k', configRepos: '.' } });
  expect(unknownKeys(config)).toBe(
    'app-config has keys that nothing reads: harnessCd.apikey, harnessCd.configRepos. ' +
      'The keys of harnessCd are baseUrl, apiKey, account, org, project, configRepo, trustAnnotations.',
  );
});

it.each([{}, { harnessCd: { ...complete, baseUrl: 'https://harness.acme.example' } }])('has no word on %p', data => {
  expect(unknownKeys(new ConfigReader(data))).toBeUndefined();
});
