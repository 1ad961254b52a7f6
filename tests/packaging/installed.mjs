// The npm package as somebody gets it: packed, unpacked into a node_modules folder, nothing of the checkout in reach.
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from './temporary.mjs';

const source = fileURLToPath(new URL('../../plugin-js/plugins/harness-cd-wasm', import.meta.url));

/** Packs and installs the package; returns the folder that holds its node_modules. */
export function install() {
  const home = temporaryFolder();
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
