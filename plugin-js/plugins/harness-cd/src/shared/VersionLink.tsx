import { Link } from '@backstage/ui';
import type { DeploymentBrief } from 'backstage-plugin-harness-cd-common';
import { shortVersion } from './deployment';

/** The address of a run's details; undefined where there is no such page. */
export type HrefOfRun = ((executionId: string) => string) | undefined;

/** What a deployment brings, or the number of its run, leading to the details of the run. */
export function VersionLink({ brief, hrefOf }: { brief: DeploymentBrief; hrefOf: HrefOfRun }) {
  const { executionId, runNumber, version } = brief;
  const words = version === undefined ? `#${runNumber ?? executionId}` : shortVersion(version);
  if (!hrefOf) return <span title={version}>{words}</span>;
  return (
    <Link href={hrefOf(executionId)}>
      <span title={version}>{words}</span>
    </Link>
  );
}
