import type { Deployment } from 'backstage-plugin-harness-cd-common';
import type { ChosenPipeline } from 'backstage-plugin-harness-cd-node';
import { DeploymentReports } from './DeploymentReports';

const SOURCE = 'url:https://github.com/acme/shop/tree/main/';

function deployed(version: string, endedAt: number): Deployment {
  return {
    id: version,
    executionId: version,
    pipeline: 'shop_cd',
    stage: 'deploy_prod',
    status: 'Success',
    phase: 'succeeded',
    service: 'shop',
    environment: 'prod',
    environmentType: 'Production',
    version,
    startedAt: endedAt - 1,
    endedAt,
    isRollback: false,
    isRetry: false,
    isUndone: false,
    wholeRun: false,
  };
}

describe('DeploymentReports', () => {
  it.each([
    [
      ['main-1a2b3c4', 'main-3f2a9c1'],
      { commit: '3f2a9c1', since: '1a2b3c4', url: 'https://github.com/acme/shop/compare/1a2b3c4..3f2a9c1' },
    ],
    [['v1.0.0', 'main-3f2a9c1'], { commit: '3f2a9c1', url: 'https://github.com/acme/shop/commit/3f2a9c1' }],
    [['main-1a2b3c4', 'v1.1.0'], undefined],
  ])('tell what of the source came to production with %j', async ([before, now], source) => {
    const rows = Buffer.from(JSON.stringify([deployed(before, 10), deployed(now, 20)]));
    const reports = new DeploymentReports({ rowsOf: async () => ({ rows }) });
    const { news } = await reports.productionNews({} as ChosenPipeline, 15, SOURCE);
    expect(news.map(place => place.source)).toEqual([source]);
    const [unsourced] = (await reports.productionNews({} as ChosenPipeline, 15, undefined)).news;
    expect(unsourced).toMatchObject({ before: { version: before }, now: { version: now } });
    expect(unsourced).not.toHaveProperty('source');
  });
});
