import { createFieldValidation } from '@backstage/plugin-scaffolder-react/alpha';
import type { ApiRef } from '@backstage/frontend-plugin-api';
import type { Violation } from 'backstage-plugin-harness-cd-common';
import { InMemoryHarnessCd } from '../__testUtils__/InMemoryHarnessCd';
import { harnessCdApiRef } from '../shared/api';
import type { HarnessCdInputsOptions, HarnessCdInputsValue } from './options';
import { validateInputs } from './validateInputs';

const about = (path: string): Violation => ({
  code: 'FIELD_REQUIRED',
  path,
  message: `${path} is missing`,
  params: {},
});

/** What keeps a template with the field on its step. */
async function errorsOf(
  harnessCd: InMemoryHarnessCd,
  filledIn: { component?: string; inputs?: HarnessCdInputsValue },
  options?: HarnessCdInputsOptions,
): Promise<string[]> {
  const field = createFieldValidation();
  await validateInputs(filledIn.inputs, field, {
    apiHolder: { get: (ref: ApiRef<any>) => (ref.id === harnessCdApiRef.id ? (harnessCd as any) : undefined) },
    formData: JSON.parse(JSON.stringify(filledIn)),
    schema: {},
    uiSchema: { 'ui:options': { ...options } },
  });
  return field.__errors ?? [];
}

describe('validateInputs', () => {
  it('names what is wrong with the inputs, and nothing that the template asks elsewhere', async () => {
    const harnessCd = new InMemoryHarnessCd();
    harnessCd.refusedWith = [about('/imageTag'), about('/inputs/version')];
    const filledIn = { component: 'component:default/storefront', inputs: { replicas: 3 } };
    expect(await errorsOf(harnessCd, filledIn, { pipeline: 'hotfix' })).toEqual(['/inputs/version is missing']);
    const target = { kind: 'component', namespace: 'default', name: 'storefront', pipeline: 'hotfix' };
    expect(harnessCd.checks).toEqual([{ target, request: { inputs: { replicas: 3 } } }]);
  });

  it('lets good inputs through, and what nobody has chosen an entity for', async () => {
    const harnessCd = new InMemoryHarnessCd();
    expect(await errorsOf(harnessCd, { component: 'storefront' })).toEqual([]);
    harnessCd.refusedWith = [about('/inputs/version')];
    expect(await errorsOf(harnessCd, {})).toEqual([]);
  });

  it('says what the backend refuses, and does not stop at an outage', async () => {
    const harnessCd = new InMemoryHarnessCd();
    harnessCd.failCheckWith = Object.assign(new Error('no'), {
      statusCode: 403,
      body: { error: { message: 'It is of component:default/shop.' } },
    });
    expect(await errorsOf(harnessCd, { component: 'storefront' })).toEqual(['It is of component:default/shop.']);
    harnessCd.failCheckWith = Object.assign(new Error('no'), { statusCode: 503 });
    expect(await errorsOf(harnessCd, { component: 'storefront' })).toEqual([]);
  });
});
