import type { Config } from '@backstage/config';
import { InputError } from '@backstage/errors';
import type { AccountReach, AnnotationTrust, HarnessScope } from 'backstage-plugin-harness-cd-common';

/** An account of Harness, with the key of it. */
export interface AccountConfig extends AccountReach {
  apiKey: string;
}

/** A config repo, and what of Harness it has the rules of; of all where nothing is said. */
export interface ConfigRepoConfig {
  target: string;
  scope: Partial<HarnessScope>;
  /** Where in app-config it stands. */
  configuredAt: string;
}

/** What `harnessCd` in app-config says. */
export interface HarnessCdConfig {
  accounts: AccountConfig[];
  configRepos: ConfigRepoConfig[];
  trustAnnotations: AnnotationTrust;
  /** Whether it is written in the form that knows one project. */
  isOfOneProject: boolean;
}

const API_KEY = 'an API key of Harness, for example ${HARNESS_API_KEY} with that variable in the environment';
const ACCOUNT = "the account's identifier: what follows /account/ in an address of Harness";

/** The form that knows one project. */
const OF_ONE_PROJECT = {
  apiKey: API_KEY,
  account: ACCOUNT,
  org: "the organization's identifier, for example default",
  project: "the project's identifier, for example platform",
};
const OF_AN_ACCOUNT = { id: ACCOUNT, apiKey: API_KEY };
const PROJECTS = "a list of what the catalog may reach, for example [default/platform, 'payments/*']";

const ONE_PROJECT_KEYS = ['baseUrl', ...Object.keys(OF_ONE_PROJECT)];
const ACCOUNT_KEYS = ['id', 'baseUrl', 'apiKey', 'projects'];
const CONFIG_REPO_KEYS = ['path', 'account', 'org', 'project'];
const KEYS = ['accounts', ...ONE_PROJECT_KEYS, 'configRepo', 'configRepos', 'trustAnnotations'];
const DEGREES_OF_TRUST = ['none', 'read', 'all'] as const satisfies AnnotationTrust[];
const HARNESS = 'https://app.harness.io';

/** Names every key of `harnessCd` that does not exist, in one sentence; undefined where there is none. */
export function unknownKeys(root: Config): string | undefined {
  const of = (config: Config | undefined, at: string, known: string[]) =>
    (config?.keys() ?? []).filter(key => !known.includes(key)).map(key => `${at}.${key}`);
  const inList = (list: string, known: string[]) =>
    sectionsOf(root, list).flatMap((section, index) => of(section, placeOf(list, index), known));
  const unknown = [
    ...of(root.getOptionalConfig('harnessCd'), 'harnessCd', KEYS),
    ...inList('accounts', ACCOUNT_KEYS),
    ...inList('configRepos', CONFIG_REPO_KEYS),
  ];
  if (unknown.length === 0) return undefined;
  return `app-config has keys that nothing reads: ${unknown.join(', ')}. The keys of harnessCd are ${KEYS.join(', ')}; those of an account ${ACCOUNT_KEYS.join(', ')}; those of one of the configRepos ${CONFIG_REPO_KEYS.join(', ')}.`;
}

/** Reads `harnessCd`. What is missing or wrong is said in one error that names every key. */
export function readHarnessCdConfig(root: Config): HarnessCdConfig {
  const wrong: string[] = [];
  const isOfOneProject = !root.has('harnessCd.accounts');
  const accounts = isOfOneProject ? [readOneProject(root, wrong)] : readAccounts(root, wrong);
  const configRepos = readConfigRepos(root, accounts, wrong);
  const trustAnnotations = readTrust(textAt(root, 'harnessCd.trustAnnotations'), wrong);
  if (wrong.length > 0) throw new InputError(`${wrong.join('. ')}.`);
  return { accounts, configRepos, trustAnnotations, isOfOneProject };
}

function readOneProject(root: Config, wrong: string[]): AccountConfig {
  const section = root.getOptionalConfig('harnessCd');
  const { apiKey, account, org, project } = readWanted(section, 'harnessCd', OF_ONE_PROJECT, wrong);
  return {
    id: account,
    baseUrl: textAt(section, 'baseUrl') || HARNESS,
    apiKey,
    projects: [`${org}/${project}`],
    configuredAt: 'harnessCd.org and harnessCd.project',
  };
}

function readAccounts(root: Config, wrong: string[]): AccountConfig[] {
  const beside = ONE_PROJECT_KEYS.filter(key => root.has(`harnessCd.${key}`)).map(key => `harnessCd.${key}`);
  if (beside.length > 0) {
    wrong.push(`${beside.join(', ')} cannot stand beside harnessCd.accounts; move what is meant into an account`);
  }
  const accounts = sectionsOf(root, 'accounts').map((section, index) => readAccount(section, index, wrong));
  if (accounts.length === 0) wrong.push('harnessCd.accounts is empty; add an account with id, apiKey and projects');
  const ids = accounts.map(({ id }) => id).filter(Boolean);
  for (const id of new Set(ids.filter((other, index) => ids.indexOf(other) < index))) {
    wrong.push(`harnessCd.accounts has ${id} twice; write one entry for an account`);
  }
  return accounts;
}

function readAccount(section: Config, index: number, wrong: string[]): AccountConfig {
  const at = placeOf('accounts', index);
  const { id, apiKey } = readWanted(section, at, OF_AN_ACCOUNT, wrong);
  const configuredAt = `${at}.projects`;
  const projects = listAt(section, 'projects');
  if (projects.length === 0) wrong.push(`${configuredAt} is missing; set it to ${PROJECTS}`);
  for (const project of projects.filter(text => !/^[^/\s]+\/[^/\s]+$/.test(text))) {
    wrong.push(`${configuredAt} has ${JSON.stringify(project)}, which is not org/project; write ${PROJECTS}`);
  }
  return { id, baseUrl: textAt(section, 'baseUrl') || HARNESS, apiKey, projects, configuredAt };
}

function readConfigRepos(root: Config, accounts: AccountConfig[], wrong: string[]): ConfigRepoConfig[] {
  const one = root.has('harnessCd.configRepo')
    ? [readConfigRepo(textAt(root, 'harnessCd.configRepo'), {}, 'harnessCd.configRepo', wrong)]
    : [];
  const several = sectionsOf(root, 'configRepos').map((section, index) => {
    const at = placeOf('configRepos', index);
    const [account, org, project] = ['account', 'org', 'project'].map(key => textAt(section, key) || undefined);
    if (account && !accounts.some(({ id }) => id === account)) {
      wrong.push(`${at}.account is ${account}, of which harnessCd has no key`);
    }
    if (project && !org) wrong.push(`${at}.project stands alone; name its organization as ${at}.org`);
    return readConfigRepo(textAt(section, 'path'), { account, org, project }, `${at}.path`, wrong);
  });
  return [...one, ...several];
}

/** An empty one is a mistake rather than none: without it, pipelines would run without their rules. */
function readConfigRepo(
  target: string,
  scope: Partial<HarnessScope>,
  configuredAt: string,
  wrong: string[],
): ConfigRepoConfig {
  if (!target) {
    wrong.push(`${configuredAt} is empty; set it to the folder or the URL of the config repo, or take it out`);
  }
  return { target, scope, configuredAt };
}

function readWanted<K extends string>(
  section: Config | undefined,
  at: string,
  wanted: Record<K, string>,
  wrong: string[],
): Record<K, string> {
  const keys = Object.keys(wanted) as K[];
  const read = keys.map(key => [key, textAt(section, key)] as const);
  for (const [key, text] of read) if (!text) wrong.push(`${at}.${key} is missing; set it to ${wanted[key]}`);
  return Object.fromEntries(read) as Record<K, string>;
}

function readTrust(text: string, wrong: string[]): AnnotationTrust {
  const trust = DEGREES_OF_TRUST.find(degree => degree === (text || 'read'));
  if (!trust) wrong.push(`harnessCd.trustAnnotations is ${text}; set it to ${DEGREES_OF_TRUST.join(', ')}`);
  return trust ?? 'none';
}

/** The sections of a list of `harnessCd`. */
function sectionsOf(root: Config, list: string): Config[] {
  return root.getOptionalConfigArray(`harnessCd.${list}`) ?? [];
}

function placeOf(list: string, index: number): string {
  return `harnessCd.${list}[${index}]`;
}

/** A text without what stands around it; empty where there is none. */
function textAt(config: Config | undefined, key: string): string {
  const value = config?.getOptional(key);
  return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
}

function listAt(config: Config, key: string): string[] {
  const value = config.getOptional(key);
  return Array.isArray(value) ? value.map(entry => String(entry).trim()) : [];
}
