// The packages as a release publishes them: built, packed by Yarn, unpacked for a look.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire, findPackageJSON, isBuiltin } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from './temporary.mjs';
import { yarn } from './yarn.mjs';

/** The Yarn workspace. */
export const pluginJs = fileURLToPath(new URL('../../plugin-js', import.meta.url));
const typescript = createRequire(join(pluginJs, 'package.json'))('typescript');

/** Builds and packs every public package. */
export function publish() {
  const home = temporaryFolder();
  yarn(pluginJs, 'tsc'); // the declarations are bundled from its output
  yarn(pluginJs, 'backstage-cli', 'repo', 'build');
  yarn(pluginJs, 'workspaces', 'foreach', '-Ap', '--no-private', 'pack', '--out', join(home, '%s.tgz'));
  const listed = yarn(pluginJs, 'workspaces', 'list', '--json', '--no-private').trim().split('\n');
  return listed.map(line => {
    const { name, location } = JSON.parse(line);
    return unpack(name, join(pluginJs, location), home);
  });
}

function unpack(name, source, home) {
  const archive = join(home, `${name}.tgz`);
  const folder = join(home, name);
  mkdirSync(folder);
  execFileSync('tar', ['-xzf', archive, '-C', folder, '--strip-components=1']);
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return { name, source, archive, folder, manifest };
}

/** The packages that the code and the declarations in a folder name. */
export function importsOf(folder) {
  const modules = readdirSync(folder, { recursive: true })
    .filter(file => /\.([cm]?js|tsx?)$/.test(file))
    .flatMap(file => typescript.preProcessFile(readFileSync(join(folder, file), 'utf8'), true, true).importedFiles)
    .map(imported => imported.fileName)
    .filter(module => !module.startsWith('.') && !isBuiltin(module));
  return new Set(modules.map(module => /^(@[^/]+\/)?[^/]+/.exec(module)[0]));
}

/** What the dependencies of a package ask of whoever installs them. */
export function peersOfDependencies({ source, manifest }) {
  const asked = Object.keys(manifest.dependencies).flatMap(dependency => {
    const file = findPackageJSON(dependency, join(source, 'package.json'));
    return Object.keys(JSON.parse(readFileSync(file, 'utf8')).peerDependencies ?? {});
  });
  return new Set(asked);
}
