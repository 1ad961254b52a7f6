import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../.tools/yarn.js', import.meta.url));

/** Runs Yarn in a folder and returns what it printed; a failure carries it as well. */
export function yarn(folder, ...command) {
  return execFileSync(process.execPath, [program, ...command], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, YARN_ENABLE_IMMUTABLE_INSTALLS: 'false' }, // which it takes for granted where CI is set
    maxBuffer: Infinity,
  });
}
