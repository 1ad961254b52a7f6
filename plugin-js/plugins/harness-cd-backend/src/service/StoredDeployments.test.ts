import { mockServices } from '@backstage/backend-test-utils';
import type { Deployment, PipelineRef } from 'backstage-plugin-harness-cd-common';
import { harnessCdServiceMock } from 'backstage-plugin-harness-cd-node/testUtils';
import { record, run } from '../__testUtils__/record';
import { createDatabase } from '../__testUtils__/startBackend';
import { DatabaseDeploymentStore } from '../store/DatabaseDeploymentStore';
import { DatabaseStartStore } from '../store/DatabaseStartStore';
import { DatabaseSyncStore } from '../store/DatabaseSyncStore';
import { openDatabase } from '../store/migrations';
import { StoredDeployments } from './StoredDeployments';

const pipeline: PipelineRef = { account: 'acme', org: 'default', project: 'platform', pipeline: 'shop_cd' };
const target = { entityRef: 'component:default/shop', label: 'shop', pipeline, services: [], isFound: false };

function deployment(id: string): Deployment {
  return {
    id: `${id}/deploy`,
    executionId: id,
    pipeline: pipeline.pipeline,
    stage: 'deploy',
    status: 'Success',
    phase: 'succeeded',
    isRollback: false,
  };
}

describe('StoredDeployments', () => {
  it('reads rows once for all reports of one state of a pipeline, and again when it has changed', async () => {
    const knex = await openDatabase(mockServices.database({ knex: await createDatabase() }));
    await record(knex, pipeline, { runs: [run([deployment('one')])] });
    const syncs = new DatabaseSyncStore(knex);
    const sync = {
      look: async () => {
        const known = await syncs.get(pipeline);
        if (!known) throw new Error('there is no record');
        return known;
      },
    };
    const stored = new StoredDeployments({
      deployments: new DatabaseDeploymentStore(knex),
      harnessCd: harnessCdServiceMock(),
      starts: new DatabaseStartStore(knex),
      sync,
    });
    let reads = 0;
    knex.on('query', ({ sql }: { sql: string }) => {
      if (sql.includes('`payload` as `payload`')) reads += 1;
    });
    const idsOf = async () => {
      const { rows } = await stored.rowsOf(target);
      return JSON.parse(Buffer.from(rows).toString()).map(({ executionId }: Deployment) => executionId);
    };
    expect(await Promise.all([idsOf(), idsOf(), idsOf()])).toEqual([['one'], ['one'], ['one']]);
    expect(await idsOf()).toEqual(['one']);
    expect(reads).toBe(1);

    await record(knex, pipeline, { runs: [run([deployment('two')])] }, { at: 2 });
    expect((await idsOf()).sort()).toEqual(['one', 'two']);
    expect(reads).toBe(2);
  });
});
