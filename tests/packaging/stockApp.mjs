// An app of somebody else, as Backstage's own template creates one: ./stock-app, of the line that we build for.
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from './temporary.mjs';
import { yarn } from './yarn.mjs';

/** The folder with the manifests. */
export const template = fileURLToPath(new URL('stock-app', import.meta.url));

/** Resolves a stock app as it is, and again with the published packages; returns the versions of both. */
export function versionsWithAndWithout(published) {
  const app = temporaryFolder();
  cpSync(template, app, { recursive: true });
  writeFileSync(join(app, '.yarnrc.yml'), 'nodeLinker: node-modules\nenableTelemetry: false\n');
  writeFileSync(join(app, 'yarn.lock'), ''); // a project of its own, whatever stands in a folder above
  const without = resolve(app);
  add(app, published);
  return { without, with: resolve(app) };
}

/** The versions of every package of the registry. Nothing is linked: two copies are two versions in the lock file. */
function resolve(app) {
  yarn(app, 'install', '--mode=update-lockfile');
  const versions = new Map();
  const lock = readFileSync(join(app, 'yarn.lock'), 'utf8');
  for (const [, name, version] of lock.matchAll(/^ {2}resolution: "(.+)@npm:([^:"]+)"$/gm)) {
    versions.set(name, [...(versions.get(name) ?? []), version]);
  }
  return versions;
}

function add(app, published) {
  edit(join(app, 'package.json'), manifest => {
    // What the registry would serve, for dependencies among the packages too.
    for (const { name, archive } of published) manifest.resolutions[name] = `file:${archive}`;
  });
  for (const { name, manifest: own } of published) {
    const side = { 'frontend-plugin': 'app', 'backend-plugin': 'backend', 'backend-plugin-module': 'backend' };
    const workspace = side[own.backstage?.role];
    if (workspace === undefined) continue; // comes with the others
    edit(join(app, 'packages', workspace, 'package.json'), manifest => {
      manifest.dependencies[name] = `^${own.version}`;
    });
  }
}

function edit(file, change) {
  const manifest = JSON.parse(readFileSync(file, 'utf8'));
  change(manifest);
  writeFileSync(file, JSON.stringify(manifest));
}
