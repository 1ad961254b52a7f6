import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createMockDirectory, mockServices } from '@backstage/backend-test-utils';
import { exampleConfigRepo } from 'harness-cd-test-utils';
import { ConfigRepo } from './ConfigRepo';
import { configRepoReader } from './configRepoFiles';

const folder = createMockDirectory();
const logger = mockServices.logger.mock();

function openConfigRepo(): ConfigRepo {
  return new ConfigRepo(folder.path, configRepoReader(folder.path, mockServices.urlReader.mock()), logger);
}

beforeEach(() => {
  jest.clearAllMocks();
  folder.clear();
});

it('reads the rules of every service', async () => {
  cpSync(exampleConfigRepo, folder.path, { recursive: true });
  const { rules, regions } = await openConfigRepo().platform();
  expect(rules.map(rule => rule.pipeline)).toContain('payment_service_cd');
  expect(regions).toEqual(['euw1', 'euw2']);
});

it('takes a change up', async () => {
  cpSync(exampleConfigRepo, folder.path, { recursive: true });
  const configRepo = openConfigRepo();
  await configRepo.platform();

  writeFileSync(
    folder.resolve('services.yaml'),
    'services:\n  - { name: only-service, archetype: api, team: payments-team, image: project/only-service }\n',
  );
  await configRepo.check();

  const { rules } = await configRepo.platform();
  expect(rules.map(rule => rule.service)).toEqual(['only-service']);
});

it('follows the layout of the repo', async () => {
  cpSync(exampleConfigRepo, folder.path, { recursive: true });
  mkdirSync(folder.resolve('apps'));
  mkdirSync(folder.resolve('config'));
  renameSync(folder.resolve('platform.yaml'), folder.resolve('config/platform.yaml'));
  writeFileSync(folder.resolve('harness-cd.yaml'), 'platform: config/platform.yaml\nservices: apps/*.yaml\n');
  for (const name of ['one-service', 'other-service']) {
    writeFileSync(
      folder.resolve(`apps/${name}.yaml`),
      `name: ${name}\narchetype: api\nteam: payments-team\nimage: project/${name}\n`,
    );
  }
  const { rules } = await openConfigRepo().platform();
  expect(rules.map(rule => rule.service)).toEqual(['one-service', 'other-service']);
});

it('keeps the rules it has when a change has errors', async () => {
  cpSync(exampleConfigRepo, folder.path, { recursive: true });
  const configRepo = openConfigRepo();
  const before = await configRepo.platform();

  writeFileSync(folder.resolve('platform.yaml'), 'environments: [');
  await configRepo.check();

  expect(await configRepo.platform()).toEqual(before);
  expect(logger.warn).toHaveBeenCalledWith(expect.stringMatching(/^platform\.yaml:\d+:\d+: error /));
});

it('refuses the pipelines of services that a mistake stops, and has the rules of the others', async () => {
  cpSync(exampleConfigRepo, folder.path, { recursive: true });
  const platform = readFileSync(folder.resolve('platform.yaml'), 'utf8');
  writeFileSync(folder.resolve('platform.yaml'), platform.replace('workload: CronJob', 'workload: CronJb'));
  const configRepo = openConfigRepo();
  const ref = { account: 'any', org: 'default', project: 'platform' };
  for (const pipeline of ['settlement_job_cd', 'settlement-job-cd']) {
    await expect(configRepo.rulesOf({ ...ref, pipeline })).rejects.toMatchObject({
      code: 'INVALID_CONFIG',
      message: expect.stringMatching(/`settlement-job` until this is mended: platform\.yaml:\d+:\d+: `CronJb` is not/),
    });
  }
  await expect(configRepo.rulesOf({ ...ref, pipeline: 'payment_service_cd' })).resolves.toMatchObject({
    service: 'payment-service',
  });
  await expect(configRepo.rulesOf({ ...ref, pipeline: 'of_nobody' })).resolves.toBeUndefined();
});

it('keeps the rules it has while the config repo cannot be read, and takes up what is there afterwards', async () => {
  cpSync(exampleConfigRepo, folder.path, { recursive: true });
  const configRepo = openConfigRepo();
  const before = await configRepo.platform();

  folder.clear();
  rmSync(folder.path, { recursive: true });
  await configRepo.check();
  expect(await configRepo.platform()).toEqual(before);
  expect(logger.warn).toHaveBeenCalledWith(
    expect.stringMatching(/cannot be read: .*; the rules read before stay in force$/),
  );

  cpSync(exampleConfigRepo, folder.path, { recursive: true });
  writeFileSync(folder.resolve('services.yaml'), 'services: []\n');
  await configRepo.check();
  expect((await configRepo.platform()).rules).toEqual([]);
});

it('is read once by all who ask at one time, and again only where it changed', async () => {
  cpSync(exampleConfigRepo, folder.path, { recursive: true });
  const readFiles = jest.fn(configRepoReader(folder.path, mockServices.urlReader.mock()));
  const configRepo = new ConfigRepo(folder.path, readFiles, logger);
  await Promise.all([configRepo.check(), ...Array.from({ length: 100 }, () => configRepo.platform())]);
  const before = await configRepo.platform();
  expect(readFiles.mock.calls).toEqual([[undefined]]);

  await configRepo.check();
  expect(readFiles).toHaveBeenLastCalledWith(expect.stringContaining('platform.yaml'));
  expect(await configRepo.platform()).toEqual(before);
});

it('lists what is missing in the log, and keeps the place from the page', async () => {
  folder.setContent({ 'README.md': 'not a config repo' });
  await expect(openConfigRepo().platform()).rejects.toMatchObject({
    code: 'INVALID_CONFIG',
    message: expect.not.stringContaining(folder.path),
  });
  expect(logger.warn).toHaveBeenCalledWith(expect.stringMatching(/^platform\.yaml:1:1: error /));
});

it('says where it looked when there is no folder', async () => {
  const nowhere = folder.resolve('nowhere');
  const configRepo = new ConfigRepo(nowhere, configRepoReader(nowhere, mockServices.urlReader.mock()), logger);
  await expect(configRepo.check()).rejects.toMatchObject({ message: expect.not.stringContaining(nowhere) });
  expect(logger.error).toHaveBeenCalledWith(
    expect.stringContaining(`harnessCd.configRepo names, ${nowhere}, cannot be read`),
  );
});
