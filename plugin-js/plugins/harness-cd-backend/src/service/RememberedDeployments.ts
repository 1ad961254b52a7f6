import { MAX_PAGE_SIZE } from 'backstage-plugin-harness-cd-common';
import type { ChosenPipeline, HarnessCdService } from 'backstage-plugin-harness-cd-node';
import type { DeploymentStore } from '../store/DeploymentStore';
import type { StartStore } from '../store/StartStore';
import type { DeploymentHistory } from './DeploymentHistory';
import { ownServices } from './ownServices';
import type { RecordedDeployments, RecordedRows } from './RecordedDeployments';
import { withStart } from './startedRow';

const MAX_EXECUTIONS = 10_000;

/** {@link RecordedDeployments} of what the history has read so far: its newest page is read for it. */
export class RememberedDeployments implements RecordedDeployments {
  constructor(
    private readonly services: {
      deployments: DeploymentStore;
      harnessCd: HarnessCdService;
      history: DeploymentHistory;
      starts: StartStore;
    },
  ) {}

  async rowsOf(target: ChosenPipeline): Promise<RecordedRows> {
    const { deployments, harnessCd, history, starts } = this.services;
    const { pipeline } = target;
    const newest = await history.page(target, { page: 0, pageSize: MAX_PAGE_SIZE });
    const { deployments: stored } = await deployments.list({
      pipeline,
      statuses: [],
      services: await ownServices(target, harnessCd),
      page: 0,
      pageSize: MAX_EXECUTIONS,
    });
    const ids = new Set(stored.map(({ executionId }) => executionId));
    const starters = await starts.startersOf(pipeline, [...ids]);
    const rows = [
      ...newest.deployments.filter(({ executionId }) => !ids.has(executionId)),
      ...stored.map(row => withStart(row, starters.get(row.executionId))),
    ];
    return { rows: Buffer.from(JSON.stringify(rows)), asOf: newest.asOf, failure: newest.failure };
  }
}
