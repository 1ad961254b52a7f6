import { screen } from '@testing-library/react';
import type { Entity } from '@backstage/catalog-model';
import { renderInTestApp } from '@backstage/frontend-test-utils';
import type { FleetPart, FleetService } from 'backstage-plugin-harness-cd-common';
import { InMemoryHarnessCd } from '../__testUtils__/InMemoryHarnessCd';
import { paymentService } from '../__testUtils__/paymentService';
import { harnessCdApiRef, harnessCdQueryClientApiRef } from '../shared/api';
import { createQueryClient } from '../shared/queryClient';
import { productionVersionColumn } from './ProductionVersion';

function named(name: string, annotations: Record<string, string> = paymentService.metadata.annotations): Entity {
  return { ...paymentService, metadata: { ...paymentService.metadata, name, annotations } };
}

function service(name: string, versions: Record<string, string>): FleetService {
  const regions = Object.entries(versions).map(([region, version]) => ({
    region,
    running: { id: 'r', executionId: 'r', version, status: 'Success', phase: 'succeeded' } as const,
  }));
  const environments = [{ environment: 'prod', environmentType: 'Production' as const, regionsDiffer: false, regions }];
  return { entityRef: `component:default/${name}`, pipeline: 'cd', matrix: { service: name, environments } };
}

describe('the column of the version in production', () => {
  const column = productionVersionColumn();
  const render = (harnessCd: InMemoryHarnessCd, entities: Entity[]) =>
    renderInTestApp(
      <ul>
        {entities.map(entity => (
          <li key={entity.metadata.name} aria-label={entity.metadata.name}>
            {column.render({ entity })}
          </li>
        ))}
      </ul>,
      {
        apis: [
          [harnessCdApiRef, harnessCd],
          [harnessCdQueryClientApiRef, createQueryClient({ defaultOptions: { queries: { retryDelay: 1 } } })],
        ],
      },
    );

  it('asks once for all rows that have a pipeline', async () => {
    const harnessCd = new InMemoryHarnessCd();
    const asked: FleetPart[] = [];
    harnessCd.getFleetMatrix = async (part: FleetPart = {}) => {
      asked.push(part);
      const services = [service('one', { euw1: 'v1' }), service('two', { euw1: 'v2', euw2: 'v3' })];
      return { services, projects: [], failures: [] };
    };
    await render(harnessCd, [named('one'), named('two'), named('three'), named('plain', {})]);
    expect(await screen.findByText('v1')).toBeVisible();
    expect(screen.getByRole('listitem', { name: 'one' })).toHaveTextContent(/^v1$/);
    expect(screen.getByRole('listitem', { name: 'two' })).toHaveTextContent('v2 euw1v3 euw2');
    expect(screen.getByRole('listitem', { name: 'three' })).toHaveTextContent('–');
    expect(screen.getByRole('listitem', { name: 'plain' })).toHaveTextContent('–');
    expect(asked).toEqual([{ entity: ['one', 'two', 'three'].map(name => `component:default/${name}`) }]);
  });

  it('says where it is not known', async () => {
    const harnessCd = new InMemoryHarnessCd();
    harnessCd.getFleetMatrix = async () => {
      throw Object.assign(new Error('no'), { statusCode: 400 });
    };
    await render(harnessCd, [named('one')]);
    expect(await screen.findByText('Not known')).toBeVisible();
  });
});
