// What the core says of a config repository is the same through WebAssembly as natively.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { install } from './installed.mjs';

const { home } = install();
const door = createRequire(join(home, 'index.js'))('harness-cd-wasm');
const harnessCd = join(process.env.HARNESS_CD_PROGRAMS, 'harness-cd');
const repo = fileURLToPath(new URL('../../examples/config-repo', import.meta.url));

/** The files below a folder: path relative to it to text. */
function filesIn(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile());
  const paths = entries.map(entry => join(entry.parentPath, entry.name)).sort();
  return Object.fromEntries(paths.map(path => [path.slice(folder.length + 1), readFileSync(path, 'utf8')]));
}

/** A folder that goes with the process. */
function temporary() {
  const folder = mkdtempSync(join(tmpdir(), 'harness-cd-parity-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Renders a config repository both ways, and answers with how many files each made. */
function renderedAlike(configRepo) {
  const out = temporary();
  execFileSync(harnessCd, ['render', '--config-repo', configRepo, '--out', out], { stdio: 'ignore' });
  const { files, diagnostics, leftOut } = door.renderConfigRepo(filesIn(configRepo));
  assert.deepEqual([diagnostics, leftOut], [[], []]);
  assert.deepEqual(files, filesIn(out));
  return Object.keys(files).length;
}

test('the example renders to the same bytes', () => {
  assert.ok(renderedAlike(repo) > 40);
});

test('a config repository of 1,000 services renders to the same bytes', () => {
  const large = temporary();
  execFileSync(join(process.env.HARNESS_CD_PROGRAMS, 'examples/large_config_repo'), [large]);
  assert.ok(renderedAlike(large) > 6000);
});

test('a finding of reading says the same in Node and in the command line', () => {
  const folder = temporary();
  cpSync(repo, folder, { recursive: true });
  const platform = readFileSync(join(folder, 'platform.yaml'), 'utf8');
  const faulty = platform.replace('changeWindow: prod-change-window', 'changeWindow: prod-window');
  assert.notEqual(faulty, platform);
  writeFileSync(join(folder, 'platform.yaml'), faulty);
  const natively = spawnSync(harnessCd, ['lint', '--config-repo', folder, '--format', 'json'], { encoding: 'utf8' });
  const { diagnostics } = door.readConfigRepo(filesIn(folder));
  assert.deepEqual(
    diagnostics.map(({ code }) => code),
    ['HCD0103'],
  );
  assert.deepEqual(diagnostics, JSON.parse(natively.stdout));
});

test('a template renders once for each set of values, and says what it lacks', () => {
  const taken = [];
  const text = 'name: {{A}} # {{B}}\nb: "{{B}}"\n';
  const take = rendered => taken.push(rendered);
  assert.deepEqual(
    door.renderTemplate(
      't.yaml',
      text,
      [
        { A: 'yes', B: 'x' },
        { A: 'a', B: '"' },
      ],
      take,
    ),
    [],
  );
  assert.deepEqual(taken, ['name: "yes" # {{B}}\nb: "x"\n', 'name: a # {{B}}\nb: "\\""\n']);
  const lacking = door.renderTemplate('t.yaml', text, [{ A: 'a' }, { A: 'b' }], take);
  assert.deepEqual(
    lacking.map(({ code, range }) => [code, range.line]),
    [['HCD0201', 2]],
  );
  const thrown = new Error('enough');
  assert.throws(
    () =>
      door.renderTemplate('t.yaml', text, [{ A: 'a', B: 'b' }], () => {
        throw thrown;
      }),
    thrown,
  );
});
