import { existsSync } from 'node:fs';
import { resolve as resolvePath } from 'node:path';
import { resolvePackagePath } from '@backstage/backend-plugin-api';

const checkout = resolvePackagePath('harness-cd-test-utils', '../../..');

/** The folder of the example config repo. */
export const exampleConfigRepo = resolvePath(checkout, 'examples/config-repo');

/** The simulator's binary. */
export function simulatorBinary(): string {
  const binary = process.env.HARNESS_CD_SIMULATOR ?? resolvePath(checkout, 'target/debug/harness-cd-simulator');
  if (!existsSync(binary)) {
    throw new Error(
      `These tests need the simulator, and there is none at ${binary}. Build it with \`cargo build -p harness-cd-simulator\`, or name one in HARNESS_CD_SIMULATOR.`,
    );
  }
  return binary;
}
