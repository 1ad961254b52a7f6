import type { Deployment } from 'backstage-plugin-harness-cd-common';
import type { ChosenPipeline, HarnessCdService } from 'backstage-plugin-harness-cd-node';
import type { DeploymentStore } from '../store/DeploymentStore';
import type { StartStore } from '../store/StartStore';
import type { DeploymentSync } from '../tasks/DeploymentSync';
import { ownServices } from './ownServices';
import type { RecordedDeployments, RecordedRows } from './RecordedDeployments';
import { refuseWrongQuestion, standing } from './standing';
import { withStart } from './startedRow';

/** {@link RecordedDeployments} as they are stored, which a look brings up to date. */
export class StoredDeployments implements RecordedDeployments {
  constructor(
    private readonly services: {
      deployments: Pick<DeploymentStore, 'listPayloads'>;
      harnessCd: Pick<HarnessCdService, 'pipelinesThatDeployed'>;
      starts: Pick<StartStore, 'startersOf'>;
      sync: Pick<DeploymentSync, 'look'>;
    },
  ) {}

  async rowsOf(target: ChosenPipeline): Promise<RecordedRows> {
    const { deployments, harnessCd, starts, sync } = this.services;
    const { pipeline } = target;
    const [services, known] = await Promise.all([ownServices(target, harnessCd), sync.look(pipeline)]);
    refuseWrongQuestion(known);
    const stored = await deployments.listPayloads({ pipeline, services });
    const starters = await starts.startersOf(pipeline);
    // What was not started from here goes on as the text that it is.
    const rows = stored.map(({ executionId, payload }) => {
      const start = starters.get(executionId);
      return start ? JSON.stringify(withStart(JSON.parse(payload) as Deployment, start)) : payload;
    });
    return { rows: Buffer.from(`[${rows.join(',')}]`), ...standing(known) };
  }
}
