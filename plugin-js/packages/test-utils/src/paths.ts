import { existsSync } from 'node:fs';
import { resolve as resolvePath } from 'node:path';
import { resolvePackagePath } from '@backstage/backend-plugin-api';

const checkout = resolvePackagePath('harness-cd-test-utils', '../../..');

/** The folder of the example config repo. */
export const exampleConfigRepo = resolvePath(checkout, 'examples/config-repo');

/** The example's pipeline that is in no config repo. */
export const examplePipeline = resolvePath(checkout, 'examples/harness/storefront-release.yaml');

/** The example template that deploys. */
export const exampleTemplate = resolvePath(
  checkout,
  'examples/scaffolder-templates/deploy-to-environment/template.yaml',
);

/** A program of the workspace. */
export function program(name: 'harness-cd' | 'harness-cd-simulator'): string {
  const binary = resolvePath(process.env.HARNESS_CD_PROGRAMS ?? resolvePath(checkout, 'target/debug'), name);
  if (!existsSync(binary)) {
    throw new Error(
      `These tests need ${name}, and there is none at ${binary}. Build it with \`cargo build\`, or name its folder in HARNESS_CD_PROGRAMS.`,
    );
  }
  return binary;
}
