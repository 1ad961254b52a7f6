import { useState } from 'react';
import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { InMemoryHarnessCd, input, variable } from '../__testUtils__/InMemoryHarnessCd';
import { renderOnEntityPage } from '../__testUtils__/renderOnEntityPage';
import { HarnessCdInputs } from './HarnessCdInputs';
import type { HarnessCdInputsOptions, HarnessCdInputsValue } from './options';

const VERSION = '/pipeline/variables/0/value';
const STRATEGY = '/pipeline/stages/0/stage/strategy';

function harness(): InMemoryHarnessCd {
  const harnessCd = new InMemoryHarnessCd();
  harnessCd.rules = undefined;
  harnessCd.inputs = [
    variable(0, 'version', { required: true, regex: 'v[0-9]+' }),
    variable(1, 'tests', { selectMany: true, allowedValues: ['login', 'search'] }),
    input({ pointer: STRATEGY, name: 'strategy', kind: 'object' }),
  ];
  return harnessCd;
}

const told = jest.fn();

/** A step of a template with the field, as the scaffolder shows it. */
function Step(props: {
  options?: HarnessCdInputsOptions;
  component?: string;
  initial?: HarnessCdInputsValue;
  rawErrors?: string[];
}) {
  const { options = {}, component, initial, rawErrors } = props;
  const [formData, setFormData] = useState(initial);
  const field: any = {
    formData,
    rawErrors,
    formContext: { formData: { component } },
    uiSchema: { 'ui:options': options },
    onChange: (value: HarnessCdInputsValue) => {
      told(value);
      setFormData(value);
    },
  };
  return <HarnessCdInputs {...field} />;
}

describe('HarnessCdInputs', () => {
  beforeEach(() => told.mockClear());

  it('asks for what the live pipeline of the chosen entity asks for', async () => {
    renderOnEntityPage(<Step component="component:default/storefront" />, harness());
    const version = await screen.findByRole('textbox', { name: 'version' });
    expect(version).not.toHaveFocus();
    // Without a value the scaffolder would not check it.
    expect(told).toHaveBeenCalledWith({});
    await userEvent.type(version, 'v4');
    await userEvent.click(screen.getByRole('button', { name: /tests/ }));
    await userEvent.click(screen.getByRole('option', { name: 'search' }));
    await userEvent.keyboard('{Escape}');
    await userEvent.type(screen.getByRole('textbox', { name: 'strategy' }), 'parallelism: 2');
    expect(told).toHaveBeenLastCalledWith({
      [VERSION]: 'v4',
      '/pipeline/variables/1/value': ['search'],
      [STRATEGY]: 'parallelism: 2',
    });
  });

  it('says beside a field what is wrong', async () => {
    renderOnEntityPage(<Step options={{ entityRef: 'storefront' }} />, harness());
    const version = await screen.findByRole('textbox', { name: 'version' });
    await userEvent.type(version, 'latest');
    await userEvent.tab();
    await waitFor(() => expect(version).toHaveAccessibleDescription(/does not have the form of version/));
  });

  it('says beside each field what is wrong once the step was refused', async () => {
    renderOnEntityPage(<Step component="storefront" rawErrors={['version is required']} />, harness());
    const version = await screen.findByRole('textbox', { name: 'version' });
    await waitFor(() => expect(version).toHaveAccessibleDescription(/Fill this in/));
  });

  it('shows what was given before, when one comes back to it', async () => {
    const initial = { [VERSION]: 'v3', [STRATEGY]: 'parallelism: 2' };
    renderOnEntityPage(<Step component="storefront" initial={initial} />, harness());
    expect(await screen.findByRole('textbox', { name: 'version' })).toHaveValue('v3');
    expect(screen.getByRole('textbox', { name: 'strategy' })).toHaveValue('parallelism: 2');
  });

  it('asks for what the pipeline asks for that the template names', async () => {
    const other = harness();
    other.inputs = [variable(0, 'region')];
    const harnessCd = harness();
    harnessCd.pipelines = [
      { label: 'release', harnessCd: harness() },
      { label: 'hotfix', harnessCd: other },
    ];
    renderOnEntityPage(<Step options={{ pipeline: 'hotfix' }} component="storefront" />, harnessCd);
    expect(await screen.findByRole('textbox', { name: 'region' })).toBeInTheDocument();
    expect(screen.queryByRole('textbox', { name: 'version' })).not.toBeInTheDocument();
  });

  it('waits for the entity', async () => {
    renderOnEntityPage(<Step options={{ entityField: 'service' }} component="storefront" />, harness());
    expect(await screen.findByText(/Choose first what is deployed/)).toBeInTheDocument();
  });

  it('says why there is nothing to ask for', async () => {
    const harnessCd = harness();
    harnessCd.inputs = undefined;
    harnessCd.inputsFailure = { code: 'UNAUTHORIZED', message: 'The key is refused.', hint: 'Renew it.', since: 0 };
    renderOnEntityPage(<Step component="storefront" />, harnessCd);
    expect(await screen.findByText('Harness refuses the API key of this portal')).toBeInTheDocument();
  });
});
