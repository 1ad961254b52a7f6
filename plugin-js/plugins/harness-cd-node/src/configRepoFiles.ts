import { readFile, readdir, stat } from 'node:fs/promises';
import { resolve as resolvePath, join, posix } from 'node:path';
import type { UrlReaderService, UrlReaderServiceReadTreeResponseFile } from '@backstage/backend-plugin-api';
import { NotModifiedError, isError } from '@backstage/errors';
import { CONFIG_REPO_LAYOUT, type DescribedFiles } from 'backstage-plugin-harness-cd-common';
import { describedFiles } from 'harness-cd-wasm';

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
function isDescription(path: string, { files, folders }: DescribedFiles): boolean {
  return files.includes(path) || (folders.includes(posix.dirname(path)) && /\.ya?ml$/.test(path));
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
  const hasLayout = names.includes(CONFIG_REPO_LAYOUT);
  const described = describedFiles(hasLayout ? await readFile(join(folder, CONFIG_REPO_LAYOUT), 'utf8') : undefined);
  const parents = new Set([...described.folders, ...described.files.map(path => posix.dirname(path))]);
  const listed = await Promise.all([...parents].map(parent => listFolder(folder, parent)));
  return listed
    .flat()
    .filter(path => isDescription(path, described))
    .sort();
}

/** The paths of what stands in a folder; none where there is no such folder, which the reading tells. */
async function listFolder(root: string, folder: string): Promise<string[]> {
  try {
    const names = await readdir(join(root, folder));
    return names.map(name => posix.join(folder, name));
  } catch (error) {
    if (isError(error) && error.code === 'ENOENT') return [];
    throw error;
  }
}

async function readUrl(
  url: string,
  urlReader: UrlReaderService,
  known: string | undefined,
): Promise<ConfigRepoFiles | undefined> {
  const read = async (described: DescribedFiles, etag?: string) => {
    const tree = await urlReader.readTree(url, { etag, filter: path => isDescription(path, described) });
    return { version: tree.etag, files: Object.fromEntries(await Promise.all((await tree.files()).map(textOf))) };
  };
  try {
    const usual = await read(describedFiles(undefined), known);
    const layout = usual.files[CONFIG_REPO_LAYOUT];
    if (layout === undefined) return usual;
    const { files } = await read(describedFiles(layout));
    // The version is that of the layout: what changed in between is read the next time.
    return { version: usual.version, files: { ...files, [CONFIG_REPO_LAYOUT]: layout } };
  } catch (error) {
    if (isError(error) && error.name === NotModifiedError.name) return undefined;
    throw error;
  }
}

async function textOf(file: UrlReaderServiceReadTreeResponseFile): Promise<[string, string]> {
  return [file.path, (await file.content()).toString('utf8')];
}
