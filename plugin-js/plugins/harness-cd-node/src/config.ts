import type { Config } from '@backstage/config';
import { InputError } from '@backstage/errors';
import type { AnnotationTrust, HarnessScope } from 'backstage-plugin-harness-cd-common';

/** What `harnessCd` in app-config says. */
export interface HarnessCdConfig {
  baseUrl: string;
  apiKey: string;
  scope: HarnessScope;
  configRepo: string;
  trustAnnotations: AnnotationTrust;
}

const WHAT_TO_SET = {
  apiKey: 'an API key of Harness, for example ${HARNESS_API_KEY} with that variable in the environment',
  account: "the account's identifier: what follows /account/ in an address of Harness",
  org: "the organization's identifier, for example default",
  project: "the project's identifier, for example platform",
  configRepo: 'the folder or the URL of the config repo',
};

const KEYS = ['baseUrl', ...Object.keys(WHAT_TO_SET), 'trustAnnotations'];
const DEGREES_OF_TRUST = ['none', 'read', 'all'] as const satisfies AnnotationTrust[];

/** Names every key of `harnessCd` that does not exist, in one sentence; undefined where there is none. */
export function unknownKeys(root: Config): string | undefined {
  const unknown = (root.getOptionalConfig('harnessCd')?.keys() ?? []).filter(key => !KEYS.includes(key));
  if (unknown.length === 0) return undefined;
  const names = unknown.map(key => `harnessCd.${key}`).join(', ');
  return `app-config has keys that nothing reads: ${names}. The keys of harnessCd are ${KEYS.join(', ')}.`;
}

/** Reads `harnessCd`. What is missing is said in one sentence that names every key. */
export function readHarnessCdConfig(root: Config): HarnessCdConfig {
  const read = (key: string) => root.getOptionalString(`harnessCd.${key}`)?.trim() ?? '';
  const missing = Object.entries(WHAT_TO_SET).filter(([key]) => !read(key));
  if (missing.length > 0) {
    const sentences = missing.map(([key, what]) => `harnessCd.${key} is missing; set it to ${what}`);
    throw new InputError(`${sentences.join('. ')}.`);
  }
  return {
    baseUrl: read('baseUrl') || 'https://app.harness.io',
    apiKey: read('apiKey'),
    scope: { account: read('account'), org: read('org'), project: read('project') },
    configRepo: read('configRepo'),
    trustAnnotations: readTrust(read('trustAnnotations')),
  };
}

function readTrust(text: string): AnnotationTrust {
  const trust = DEGREES_OF_TRUST.find(degree => degree === (text || 'read'));
  if (trust) return trust;
  throw new InputError(`harnessCd.trustAnnotations is ${text}; set it to ${DEGREES_OF_TRUST.join(', ')}.`);
}
