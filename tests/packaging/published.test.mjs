import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { importsOf, peersOfDependencies, pluginJs, publish } from './published.mjs';
import { template, versionsWithAndWithout } from './stockApp.mjs';

const packages = publish();
const licence = readFileSync(new URL('../../LICENSE', import.meta.url), 'utf8');

for (const published of packages) {
  const { name, source, folder, manifest } = published;
  const dependencies = Object.keys(manifest.dependencies ?? {});
  const peers = Object.keys(manifest.peerDependencies ?? {});

  test(`${name} carries its licence and its description, and says what it runs on`, () => {
    assert.equal(readFileSync(join(folder, 'LICENSE'), 'utf8'), licence);
    assert.equal(manifest.license, 'Apache-2.0');
    assert.ok(existsSync(join(folder, 'README.md')));
    assert.ok(manifest.description);
    assert.deepEqual(manifest.engines, { node: '22 || 24' });
  });

  test(`${name} declares what its code and its declarations import, and nothing else`, () => {
    const imports = importsOf(folder);
    const declared = [name, ...dependencies, ...peers];
    const undeclared = [...imports].filter(module => !declared.includes(module));
    const sources = importsOf(join(source, 'src')); // which name types that are gone in what is published
    const unused = dependencies.filter(module => !imports.has(module) && !sources.has(module));
    const passedOn = peersOfDependencies(published);
    const unusedPeers = peers.filter(module => !imports.has(module) && !passedOn.has(module));
    assert.deepEqual({ undeclared, unused, unusedPeers }, { undeclared: [], unused: [], unusedPeers: [] });
  });
}

const read = (...path) => JSON.parse(readFileSync(join(...path, 'package.json'), 'utf8'));

test('the stock app is of the line that the packages are built for', () => {
  for (const workspace of ['packages/app', 'packages/backend']) {
    const ours = read(pluginJs, workspace).dependencies;
    const stock = read(template, workspace).dependencies;
    const shared = Object.keys(ours).filter(name => name.startsWith('@backstage/') && name in stock);
    assert.ok(shared.length > 0);
    for (const name of shared) assert.equal(stock[name], ours[name], name);
  }
});

test('a stock app gets no second copy of anything', () => {
  const versions = versionsWithAndWithout(packages);
  const names = [...versions.with.keys()];
  const doubled = names.filter(name => versions.with.get(name).length > versions.without.get(name)?.length);
  assert.deepEqual(doubled, []);
  const added = names.filter(name => !versions.without.has(name));
  assert.deepEqual(added, ['@tanstack/query-core', '@tanstack/react-query', 'chartist']);
});
