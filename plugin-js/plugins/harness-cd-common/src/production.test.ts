import type { DeploymentBrief, ServiceMatrix } from './generated/types';
import { versionsInProduction } from './production';

function running(version: string | undefined): DeploymentBrief {
  return { id: 'r', executionId: 'r', version, status: 'Success', phase: 'succeeded' };
}

function matrix(...environments: Partial<ServiceMatrix['environments'][number]>[]): ServiceMatrix {
  const whole = environments.map(about => ({ environment: 'e', regionsDiffer: false, regions: [], ...about }));
  return { service: 's', environments: whole };
}

describe('versionsInProduction', () => {
  it('has each version of production once, with its regions', () => {
    const told = matrix(
      { environmentType: 'PreProduction', regions: [{ region: 'euw1', running: running('v9') }] },
      {
        environmentType: 'Production',
        regions: [
          { region: 'euw1', running: running('v2') },
          { region: 'euw2', running: running('v1'), failed: running('v2') },
          { region: 'use1', running: running('v2') },
        ],
      },
      {
        environmentType: 'Production',
        regions: [{ running: running('v2') }, { region: 'euw1', running: running('v2') }],
      },
    );
    expect(versionsInProduction(told)).toEqual([
      { version: 'v2', regions: ['euw1', 'use1'] },
      { version: 'v1', regions: ['euw2'] },
    ]);
  });

  it('has nothing where nothing runs, what runs has no version, or Harness does not say what is production', () => {
    const failed = { environmentType: 'Production' as const, regions: [{ failed: running('v1') }] };
    const unnamed = { environmentType: 'Production' as const, regions: [{ running: running(undefined) }] };
    const untyped = { regions: [{ running: running('v1') }] };
    expect(versionsInProduction(matrix(failed, unnamed, untyped))).toEqual([]);
    expect(versionsInProduction(matrix())).toEqual([]);
  });
});
