// The npm package as somebody gets it: packed, unpacked into a node_modules folder, nothing of the checkout in reach.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const source = fileURLToPath(new URL('../../plugin-js/plugins/harness-cd-wasm', import.meta.url));

/** Packs and installs the package; returns the folder that holds its node_modules. */
export function install() {
  const home = mkdtempSync(join(tmpdir(), 'harness-cd-packaging-'));
  process.on('exit', () => rmSync(home, { recursive: true, force: true }));
  const packed = execFileSync('npm', ['pack', '--json', '--pack-destination', home, source], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const report = Object.values(JSON.parse(packed))[0];
  const target = join(home, 'node_modules/harness-cd-wasm');
  mkdirSync(target, { recursive: true });
  execFileSync('tar', ['-xzf', join(home, report.filename), '-C', target, '--strip-components=1']);
  return { home, target, files: report.files.map(file => file.path) };
}

/** Runs a program text in a fresh Node and returns what it printed, read as JSON. */
export function inFreshNode(home, type, text) {
  const printed = execFileSync(process.execPath, [`--input-type=${type}`, '--eval', text], {
    cwd: home,
    encoding: 'utf8',
  });
  return JSON.parse(printed);
}
