import { readFile, readdir, stat } from 'node:fs/promises';
import { resolve as resolvePath, join } from 'node:path';
import type { UrlReaderService } from '@backstage/backend-plugin-api';
import { NotModifiedError, isError } from '@backstage/errors';
import { CONFIG_REPO_FILES, CONFIG_REPO_TEMPLATES } from 'backstage-plugin-harness-cd-common';

/** The files of a config repo that the rules depend on, at one version. */
export interface ConfigRepoFiles {
  version: string;
  files: Record<string, string>;
}

/** Reads a config repo; `undefined` where it is still at `known`. */
export type ReadConfigRepoFiles = (known: string | undefined) => Promise<ConfigRepoFiles | undefined>;

/** A reader for a folder or for a URL that one of the configured integrations knows. */
export function configRepoReader(target: string, urlReader: UrlReaderService): ReadConfigRepoFiles {
  if (/^https?:\/\//i.test(target)) return known => readUrl(target, urlReader, known);
  const folder = resolvePath(target);
  return known => readFolder(folder, known);
}

// The generated manifests, thousands of files in a large repo, are none of our business.
function isDescription(path: string): boolean {
  return CONFIG_REPO_FILES.includes(path) || path.startsWith(`${CONFIG_REPO_TEMPLATES}/`);
}

async function readFolder(folder: string, known: string | undefined): Promise<ConfigRepoFiles | undefined> {
  const paths = await listDescriptions(folder);
  const states = await Promise.all(paths.map(path => stat(join(folder, path))));
  const version = paths.map((path, index) => `${path}@${states[index].mtimeMs}:${states[index].size}`).join('\n');
  if (version === known) return undefined;
  const texts = await Promise.all(paths.map(path => readFile(join(folder, path), 'utf8')));
  return { version, files: Object.fromEntries(paths.map((path, index) => [path, texts[index]])) };
}

async function listDescriptions(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  const hasTemplates = names.includes(CONFIG_REPO_TEMPLATES);
  const templates = hasTemplates ? await readdir(join(folder, CONFIG_REPO_TEMPLATES)) : [];
  return [...names, ...templates.map(name => `${CONFIG_REPO_TEMPLATES}/${name}`)].filter(isDescription).sort();
}

async function readUrl(
  url: string,
  urlReader: UrlReaderService,
  known: string | undefined,
): Promise<ConfigRepoFiles | undefined> {
  try {
    const tree = await urlReader.readTree(url, { etag: known, filter: isDescription });
    const files = await tree.files();
    const texts = await Promise.all(files.map(async file => [file.path, (await file.content()).toString('utf8')]));
    return { version: tree.etag, files: Object.fromEntries(texts) };
  } catch (error) {
    if (isError(error) && error.name === NotModifiedError.name) return undefined;
    throw error;
  }
}
