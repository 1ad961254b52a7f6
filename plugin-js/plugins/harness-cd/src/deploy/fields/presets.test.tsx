import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { openDeployDialog } from '../../__testUtils__/deployDialog';
import { InMemoryHarnessCd, input, variable } from '../../__testUtils__/InMemoryHarnessCd';
import { renderOnEntityPage } from '../../__testUtils__/renderOnEntityPage';
import { DeployButton } from '../DeployButton';

const VERSION = '/pipeline/variables/0/value';
const REPLICAS = '/pipeline/variables/1/value';
const SERVICE_INPUTS = '/pipeline/stages/0/stage/spec/service/serviceInputs';
const BUILD = '/pipeline/properties/ci/codebase/build';
const PAUSE = '/pipeline/stages/1/stage/spec/pause';

/** A pipeline of no config repo, with input sets and stages to choose from. */
function foreign(): InMemoryHarnessCd {
  const harnessCd = new InMemoryHarnessCd();
  harnessCd.rules = undefined;
  harnessCd.inputs = [
    variable(0, 'version', { required: true }),
    variable(1, 'replicas', { kind: 'number', default: '3' }),
    input({ pointer: SERVICE_INPUTS, name: 'serviceInputs', kind: 'object', required: true }),
    input({ pointer: BUILD, name: 'build', kind: 'object', shape: 'build', required: true }),
    input({ pointer: PAUSE, name: 'pause', kind: 'duration', stage: 'Finish', required: true }),
  ];
  harnessCd.inputSets = [
    {
      identifier: 'usual',
      name: 'Usual',
      isOverlay: false,
      values: { [VERSION]: 'v1', [SERVICE_INPUTS]: { a: 'b' }, [BUILD]: { type: 'branch', spec: { branch: 'main' } } },
    },
    { identifier: 'many', name: 'Many', isOverlay: true, values: { [REPLICAS]: '9', [PAUSE]: '10m' } },
  ];
  return harnessCd;
}

async function open(harnessCd: InMemoryHarnessCd) {
  renderOnEntityPage(<DeployButton size="small" />, harnessCd);
  return within(await openDeployDialog());
}

async function choose(field: RegExp, ...options: string[]) {
  await userEvent.click(await screen.findByRole('button', { name: field }));
  for (const name of options) await userEvent.click(await screen.findByRole('option', { name }));
  await userEvent.keyboard('{Escape}');
}

const run = () => userEvent.click(screen.getByRole('button', { name: 'Run the pipeline' }));

describe('input sets in the deploy dialog', () => {
  it('fill the form, may be changed, and are sent by name beside what was changed', async () => {
    const harnessCd = foreign();
    const dialog = await open(harnessCd);
    expect(await dialog.findByRole('textbox', { name: /serviceInputs/ })).toHaveValue('');
    await choose(/Input sets/, 'Usual', 'Many (overlay)');
    const version = await dialog.findByRole('textbox', { name: 'version' });
    await waitFor(() => expect(version).toHaveValue('v1'));
    expect(dialog.getByRole('textbox', { name: 'replicas' })).toHaveValue('9');
    expect(dialog.getByDisplayValue('main')).toBeInTheDocument();
    expect(dialog.getByRole('textbox', { name: /serviceInputs/ })).toHaveValue('{\n  "a": "b"\n}');
    expect(dialog.getByText(/the later one wins: Usual, Many \(overlay\)/)).toBeInTheDocument();

    await userEvent.clear(version);
    expect(dialog.getByText('Nothing is given: “v1” of the input sets will be used.')).toBeInTheDocument();
    await userEvent.type(version, 'v2');
    await run();
    await waitFor(() =>
      expect(harnessCd.requests).toEqual([{ inputSets: ['usual', 'many'], inputs: { [VERSION]: 'v2' } }]),
    );
  });

  it('answer nothing any more that hangs on what is given in place of their answer', async () => {
    const harnessCd = foreign();
    const place = '/pipeline/stages/0/stage/spec/environment';
    const environment = `${place}/environmentRef`;
    const targets = `${place}/infrastructureDefinitions`;
    harnessCd.choices = { failure: { code: 'TIMEOUT', message: 'Harness did not say.', hint: '', since: 0 } };
    harnessCd.inputs = [
      input({ pointer: environment, name: 'environmentRef', choices: { of: 'environment' } }),
      input({
        pointer: targets,
        name: 'infrastructureDefinitions',
        kind: 'list',
        shape: 'identified',
        choices: { of: 'infrastructure', withinInput: environment },
      }),
    ];
    const values = { [environment]: 'int', [targets]: ['int_euw1'] };
    harnessCd.inputSets = [{ identifier: 'usual', name: 'Usual', isOverlay: false, values }];
    const dialog = await open(harnessCd);
    await choose(/Input sets/, 'Usual');
    const chosen = await dialog.findByRole('textbox', { name: /environmentRef/ });
    await waitFor(() => expect(dialog.getByRole('textbox', { name: /infrastructure/ })).toHaveValue('int_euw1'));
    await userEvent.clear(chosen);
    await userEvent.type(chosen, 'prod');
    await waitFor(() => expect(dialog.getByRole('textbox', { name: /infrastructure/ })).toHaveValue(''));
  });

  it('fill the fields of a service of the config repo, which may be changed as well', async () => {
    const harnessCd = new InMemoryHarnessCd();
    const [, environment, region] = harnessCd.inputs!;
    const values = { [environment.pointer]: 'int-stable', [region.pointer]: 'euw2' };
    harnessCd.inputSets = [{ identifier: 'int', name: 'Int', isOverlay: false, values }];
    const dialog = await open(harnessCd);
    await choose(/Input sets/, 'Int');
    await userEvent.type(await dialog.findByRole('textbox', { name: /Image tag/ }), 'v2.3.1');
    await userEvent.click(await dialog.findByRole('button', { name: 'Deploy v2.3.1 to int-stable/euw2' }));
    await waitFor(() =>
      expect(harnessCd.requests).toMatchObject([
        { imageTag: 'v2.3.1', environment: 'int-stable', region: 'euw2', inputSets: ['int'] },
      ]),
    );
  });

  it('say beside their field why one of them does not fit', async () => {
    const harnessCd = foreign();
    harnessCd.unfitSets = [
      {
        code: 'INPUT_SET_UNFIT',
        path: '/inputSets/0',
        params: { given: 'usual', reason: 'the pipeline does not ask for “zone”' },
        message: '',
      },
    ];
    const dialog = await open(harnessCd);
    await choose(/Input sets/, 'Usual');
    expect(await dialog.findByText(/The input set “usual” does not fit the pipeline/)).toBeInTheDocument();
  });

  it('are not offered where the pipeline has none', async () => {
    const harnessCd = foreign();
    harnessCd.inputSets = [];
    const dialog = await open(harnessCd);
    await dialog.findByRole('textbox', { name: /version/ });
    expect(dialog.queryByRole('button', { name: /Input sets/ })).not.toBeInTheDocument();
  });
});

describe('stages in the deploy dialog', () => {
  const stages = [
    { identifier: 'begin', name: 'Begin', needs: [], gates: [], deploys: false, environments: [], inputs: [] },
    {
      identifier: 'finish',
      name: 'Finish',
      needs: ['begin'],
      gates: [],
      deploys: false,
      environments: [],
      inputs: [PAUSE],
    },
  ];

  it('ask for their own inputs alone, and are sent by name', async () => {
    const harnessCd = foreign();
    harnessCd.inputs = [variable(0, 'version'), harnessCd.inputs!.at(-1)!];
    harnessCd.stages = stages;
    const dialog = await open(harnessCd);
    expect(await dialog.findByRole('textbox', { name: /pause/ })).toBeInTheDocument();
    await choose(/Stages/, 'Finish');
    expect(await dialog.findByText(/The stage finish uses the stage begin, which is not chosen/)).toBeInTheDocument();
    await choose(/Stages/, 'Begin', 'Finish');
    expect(dialog.queryByRole('textbox', { name: /pause/ })).not.toBeInTheDocument();
    await run();
    await waitFor(() => expect(harnessCd.requests).toEqual([{ stages: ['begin'] }]));
  });

  it('say before the button which approval they leave out', async () => {
    const harnessCd = foreign();
    harnessCd.inputs = [];
    harnessCd.stages = [stages[0], { ...stages[1], needs: [], gates: ['begin'], inputs: [] }];
    const dialog = await open(harnessCd);
    await choose(/Stages/, 'Finish');
    expect(
      await dialog.findByText(/The stage finish follows the approval begin, which is not chosen/),
    ).toBeInTheDocument();
    await choose(/Stages/, 'Begin', 'Finish');
    expect(dialog.queryByText(/nobody is asked/)).not.toBeInTheDocument();
  });

  it('are not offered where the pipeline does not allow to choose', async () => {
    const dialog = await open(foreign());
    await dialog.findByRole('textbox', { name: /version/ });
    expect(dialog.queryByRole('button', { name: /Stages/ })).not.toBeInTheDocument();
  });
});
