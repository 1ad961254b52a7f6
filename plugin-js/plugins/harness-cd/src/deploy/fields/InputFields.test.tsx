import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { FailureCode, FailureBody, InputShape, RuntimeInput } from 'backstage-plugin-harness-cd-common';
import { InMemoryHarnessCd, input, variable } from '../../__testUtils__/InMemoryHarnessCd';
import { renderOnEntityPage } from '../../__testUtils__/renderOnEntityPage';
import { DeployButton } from '../DeployButton';

/** Which fields are shown anew, in their order. */
const mockShown: string[] = [];

jest.mock('./useInputProps', () => {
  const actual = jest.requireActual('./useInputProps');
  const useCounted = (props: { input: RuntimeInput }) => {
    mockShown.push(props.input.pointer);
    return actual.useInputProps(props);
  };
  return { ...actual, useInputProps: useCounted };
});

/** A backend whose pipeline is in no config repo. */
function foreign(): InMemoryHarnessCd {
  const harnessCd = new InMemoryHarnessCd();
  harnessCd.rules = undefined;
  harnessCd.inputs = [
    variable(0, 'version', { required: true, regex: 'v[0-9]+', description: 'The release' }),
    variable(1, 'market', { default: 'europe', allowedValues: ['europe', 'asia', 'asia'] }),
    variable(2, 'replicas', { kind: 'number', default: '3' }),
    variable(3, 'tests', {
      selectMany: true,
      allowedValues: ['login', 'checkout'],
      default: 'login',
      defaultValues: ['login'],
    }),
    variable(4, 'maintenance', { kind: 'boolean', default: 'false', description: 'Meanwhile' }),
  ];
  return harnessCd;
}

async function openDialog(harnessCd: InMemoryHarnessCd) {
  renderOnEntityPage(<DeployButton size="small" />, harnessCd);
  await waitFor(() => expect(screen.getByRole('button', { name: 'Deploy' })).toBeEnabled());
  await userEvent.click(screen.getByRole('button', { name: 'Deploy' }));
  return within(await screen.findByRole('dialog'));
}

function failure(code: FailureCode, message: string): FailureBody {
  return { code, message, hint: 'Wait.', since: Date.now() };
}

const STAGE = '/pipeline/stages/0/stage';

/** A field of a stage, with what a test says about it. */
function ofStage(path: string, about: Partial<RuntimeInput>): RuntimeInput {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return input({ pointer: `${STAGE}/${path}`, name, stage: 'Roll out', ...about });
}

/** Opens the dialog of a pipeline in no config repo that asks for this. */
function askFor(inputs: RuntimeInput[]) {
  const harnessCd = foreign();
  harnessCd.inputs = inputs;
  return { harnessCd, opened: openDialog(harnessCd) };
}

/** Asks for the start, and answers with what was sent. */
async function sentBy(harnessCd: InMemoryHarnessCd) {
  await userEvent.click(screen.getByRole('button', { name: 'Run the pipeline' }));
  expect(await screen.findByText('Rolling deployment')).toBeInTheDocument();
  return harnessCd.requests.map(request => request.inputs);
}

const pointer = (index: number) => `/pipeline/variables/${index}/value`;

describe('the inputs in the deploy dialog', () => {
  it('are those of the pipeline alone where it is in no config repo, filled with their defaults', async () => {
    const dialog = await openDialog(foreign());
    const version = await dialog.findByRole('textbox', { name: /version/ });
    expect(version).toBeRequired();
    expect(version).toHaveFocus();
    expect(version).toHaveAccessibleDescription('The release');
    expect(dialog.getByRole('button', { name: /europe.*market|market.*europe/ })).toBeInTheDocument();
    expect(dialog.getByRole('textbox', { name: 'replicas' })).toHaveValue('3');
    expect(dialog.getByRole('button', { name: /login.*tests|tests.*login/ })).toBeInTheDocument();
    const maintenance = dialog.getByRole('switch', { name: 'maintenance' });
    expect(maintenance).not.toBeChecked();
    expect(maintenance).toHaveAccessibleDescription('Meanwhile');
    expect(dialog.queryByText('Where')).not.toBeInTheDocument();
    expect(dialog.queryByRole('textbox', { name: /Image tag/ })).not.toBeInTheDocument();
  });

  it('are checked as they are typed, with the reason beside the field', async () => {
    const dialog = await openDialog(foreign());
    const version = await dialog.findByRole('textbox', { name: /version/ });
    await userEvent.type(version, 'latest');
    const replicas = dialog.getByRole('textbox', { name: 'replicas' });
    await userEvent.clear(replicas);
    await userEvent.type(replicas, 'many');
    await userEvent.tab();
    await waitFor(() => expect(version).toHaveAccessibleDescription(/“latest” is not what version asks for/));
    expect(replicas).toHaveAccessibleDescription(/replicas takes a number/);
    await userEvent.clear(version);
    await userEvent.type(version, 'v4');
    await waitFor(() => expect(version).toBeValid());
  });

  it('are sent as far as they were changed, and the pipeline is started once', async () => {
    const harnessCd = foreign();
    const dialog = await openDialog(harnessCd);
    await userEvent.type(await dialog.findByRole('textbox', { name: /version/ }), 'v4');
    await userEvent.click(dialog.getByRole('button', { name: /market/ }));
    expect(screen.getAllByRole('option')).toHaveLength(2);
    await userEvent.click(screen.getByRole('option', { name: 'asia' }));
    await userEvent.click(dialog.getByRole('button', { name: /tests/ }));
    await userEvent.click(screen.getByRole('option', { name: 'checkout' }));
    await userEvent.keyboard('{Escape}');
    await userEvent.click(dialog.getByRole('switch', { name: 'maintenance' }));
    await userEvent.click(dialog.getByRole('button', { name: 'Run the pipeline' }));
    expect(await screen.findByText('Rolling deployment')).toBeInTheDocument();
    expect(screen.getByText('payment-service: the pipeline was started')).toBeInTheDocument();
    expect(harnessCd.requests).toEqual([
      {
        inputs: { [pointer(0)]: 'v4', [pointer(1)]: 'asia', [pointer(3)]: ['login', 'checkout'], [pointer(4)]: 'true' },
      },
    ]);
  });

  it('that were cleared name the default that takes their place, and are left to it', async () => {
    const harnessCd = foreign();
    const dialog = await openDialog(harnessCd);
    await userEvent.type(await dialog.findByRole('textbox', { name: /version/ }), 'v4');
    const replicas = dialog.getByRole('textbox', { name: 'replicas' });
    expect(replicas).not.toHaveAccessibleDescription(/default/);
    await userEvent.clear(replicas);
    expect(replicas).toHaveAccessibleDescription(/the pipeline’s default “3” will be used/);
    await userEvent.click(dialog.getByRole('button', { name: /tests/ }));
    await userEvent.click(screen.getByRole('option', { name: 'login' }));
    await userEvent.keyboard('{Escape}');
    expect(dialog.getByText(/the pipeline’s default “login” will be used/)).toBeInTheDocument();
    await userEvent.click(dialog.getByRole('button', { name: 'Run the pipeline' }));
    await screen.findByText('Rolling deployment');
    expect(harnessCd.requests).toEqual([{ inputs: { [pointer(0)]: 'v4' } }]);
  });

  it('that are missing are pointed at, and nothing is started', async () => {
    const harnessCd = foreign();
    const dialog = await openDialog(harnessCd);
    const version = await dialog.findByRole('textbox', { name: /version/ });
    await userEvent.click(dialog.getByRole('button', { name: 'Run the pipeline' }));
    await waitFor(() => expect(version).toBeInvalid());
    expect(version).toHaveFocus();
    expect(harnessCd.requests).toEqual([]);
  });

  it('that are asked for in mid-run are named, with the way to Harness', async () => {
    const environment = ofStage('spec/environment/environmentRef', { label: 'Environment', default: 'int' });
    const { opened } = askFor([variable(0, 'reason', { executionInput: true }), environment]);
    const dialog = await opened;
    expect(await dialog.findByText(/while the pipeline runs: reason/)).toBeInTheDocument();
    expect(dialog.getByRole('link', { name: /Open the pipeline in Harness/ })).toHaveAttribute('target', '_blank');
    expect(dialog.getByRole('textbox', { name: 'Environment of stage Roll out' })).toBeInTheDocument();
    expect(screen.queryByText(/\/pipeline\//)).not.toBeInTheDocument();
  });

  it.each(['object', 'list'] as const)('that take any %s are given as YAML, as it is written', async kind => {
    const inputs = ofStage('spec/service/serviceInputs', { kind });
    const { harnessCd, opened } = askFor([inputs]);
    const field = await (await opened).findByRole('textbox', { name: 'serviceInputs of stage Roll out' });
    expect(field).toHaveAccessibleDescription(kind === 'list' ? 'A list, as YAML.' : 'An object, as YAML.');
    expect(field).not.toBeRequired();
    await userEvent.type(field, 'variables:{enter}  - <+secret');
    await userEvent.tab();
    await waitFor(() => expect(field).toHaveAccessibleDescription(/serviceInputs of stage Roll out holds “<\+”/));
    await userEvent.clear(field);
    await userEvent.type(field, '  type: Kubernetes{enter}  a: 1');
    expect(await sentBy(harnessCd)).toEqual([{ [inputs.pointer]: '  type: Kubernetes\n  a: 1' }]);
  });

  it('whose YAML the backend cannot read show where, until they are changed', async () => {
    const inputs = ofStage('spec/service/serviceInputs', { kind: 'object' });
    const { harnessCd, opened } = askFor([inputs]);
    const params = { label: 'Service inputs', line: 2, column: 3, reason: 'the key `a` stands here twice' };
    const path = `/inputs/${inputs.pointer.replace(/\//g, '~1')}`;
    harnessCd.refusedWith = [{ code: 'YAML_MALFORMED', path, params, message: 'It cannot be read.' }];
    const dialog = await opened;
    await userEvent.type(await dialog.findByRole('textbox', { name: /serviceInputs/ }), 'a: 1');
    await userEvent.click(dialog.getByRole('button', { name: 'Run the pipeline' }));
    const refused = await screen.findByText(/line 2, column 3: the key `a` stands here twice/);
    expect(refused).toBeInTheDocument();
    await userEvent.type(screen.getByRole('textbox', { name: /serviceInputs/ }), '{enter}b: 2');
    await waitFor(() => expect(screen.queryByText(/line 2, column 3/)).not.toBeInTheDocument());
  });

  describe('that Harness has to choose from', () => {
    const environment = ofStage('spec/environment/environmentRef', { choices: { of: 'environment' }, required: true });
    const infrastructures = ofStage('spec/environment/infrastructureDefinitions', {
      kind: 'list',
      shape: 'identified',
      choices: { of: 'infrastructure', withinInput: environment.pointer },
    });
    const choices = [
      { value: 'int_stable', name: 'Integration' },
      { value: 'prod', name: 'Production' },
    ];

    /** Opens the choices of a field, and searches them. */
    async function search(dialog: ReturnType<typeof within>, name: RegExp, text: string) {
      await userEvent.click(await dialog.findByRole('button', { name }));
      await userEvent.type(await screen.findByRole('searchbox'), text);
    }

    it('are found by their names, and sent as identifiers', async () => {
      const { harnessCd, opened } = askFor([environment]);
      harnessCd.choices = { choices, hasMore: false };
      await search(await opened, /environmentRef/, 'integ');
      expect(screen.queryByRole('option', { name: /Production/ })).not.toBeInTheDocument();
      await userEvent.click(await screen.findByRole('option', { name: 'Integration (int_stable)' }));
      expect(await sentBy(harnessCd)).toEqual([{ [environment.pointer]: 'int_stable' }]);
    });

    it('are chosen with the keyboard alone', async () => {
      const { harnessCd, opened } = askFor([environment]);
      harnessCd.choices = { choices, hasMore: false };
      await search(await opened, /environmentRef/, 'prod');
      await userEvent.keyboard('{ArrowDown}{Enter}');
      expect(await sentBy(harnessCd)).toEqual([{ [environment.pointer]: 'prod' }]);
    });

    it('may be others than Harness lists', async () => {
      const { harnessCd, opened } = askFor([environment]);
      harnessCd.choices = { choices, hasMore: false };
      await search(await opened, /environmentRef/, 'org.shared');
      await userEvent.click(await screen.findByRole('option', { name: '“org.shared”, as typed' }));
      expect(await sentBy(harnessCd)).toEqual([{ [environment.pointer]: 'org.shared' }]);
    });

    it('are searched in Harness where there are more than it lists', async () => {
      const { harnessCd, opened } = askFor([environment]);
      harnessCd.choices = { choices, hasMore: true };
      await search(await opened, /environmentRef/, 'p');
      await waitFor(() => expect(harnessCd.choiceQueries).toContainEqual({ input: environment.pointer, search: 'p' }));
    });

    it('are typed where Harness does not say what there is', async () => {
      const { harnessCd, opened } = askFor([environment]);
      harnessCd.choices = { failure: failure('TIMEOUT', 'Harness did not say.') };
      const dialog = await opened;
      const field = await dialog.findByRole('textbox', { name: /environmentRef/ });
      expect(field).toHaveAccessibleDescription('Harness did not say what there is. Type the identifier.');
      await userEvent.type(field, 'org.prod');
      expect(await sentBy(harnessCd)).toEqual([{ [environment.pointer]: 'org.prod' }]);
    });

    it('are asked for within what was chosen before', async () => {
      const { harnessCd, opened } = askFor([environment, infrastructures]);
      harnessCd.choices = { choices, hasMore: false };
      const dialog = await opened;
      const list = await dialog.findByRole('textbox', { name: /infrastructureDefinitions/ });
      expect(list).toHaveAccessibleDescription(
        /Harness can say what there is once the service or the environment is given/,
      );
      await search(dialog, /environmentRef/, 'prod');
      await userEvent.click(await screen.findByRole('option', { name: 'Production (prod)' }));
      await userEvent.click(await dialog.findByRole('button', { name: /infrastructureDefinitions/ }));
      await userEvent.click(await screen.findByRole('option', { name: 'Integration (int_stable)' }));
      await userEvent.keyboard('{Escape}');
      expect(harnessCd.choiceQueries).toContainEqual({ input: infrastructures.pointer, within: 'prod' });
      expect(await sentBy(harnessCd)).toEqual([
        { [environment.pointer]: 'prod', [infrastructures.pointer]: ['int_stable'] },
      ]);
    });
  });

  describe('that are tags of an artifact', () => {
    const tag = ofStage('spec/service/serviceInputs/serviceDefinition/spec/tag', {
      choices: { of: 'tag', within: 'shop' },
      required: true,
    });
    const tags = (...names: string[]) => names.map(name => ({ value: name, name }));

    /** The field, once it says this. */
    async function fieldThatSays(opened: ReturnType<typeof openDialog>, words: RegExp) {
      const field = await (await opened).findByRole('combobox', { name: /tag of stage Roll out/ });
      await waitFor(() => expect(field).toHaveAccessibleDescription(words));
      return field;
    }

    it('are found by what is typed, once nothing more is typed', async () => {
      const { harnessCd, opened } = askFor([tag]);
      harnessCd.choices = { choices: tags('v2.0', 'v1.20'), hasMore: true, total: 10_000 };
      const field = await fieldThatSays(opened, /The first 2 of 10,000 tags/);
      harnessCd.choices = { choices: tags('v1.20'), hasMore: false, total: 1 };
      await userEvent.type(field, '1.2');
      await waitFor(() => expect(field).toHaveAccessibleDescription(/One tag fits/));
      expect(harnessCd.choiceQueries.map(({ search }) => search)).toEqual([undefined, '1.2']);
      await userEvent.keyboard('{ArrowDown}{Enter}');
      expect(field).toHaveValue('v1.20');
      expect(await sentBy(harnessCd)).toEqual([{ [tag.pointer]: 'v1.20' }]);
    });

    it('may be others than Harness lists', async () => {
      const { harnessCd, opened } = askFor([tag]);
      harnessCd.choices = { choices: tags('v2.0'), hasMore: false, total: 1 };
      const field = await fieldThatSays(opened, /One tag fits/);
      harnessCd.choices = { choices: [], hasMore: false, total: 0 };
      await userEvent.type(field, 'my-own');
      await waitFor(() => expect(field).toHaveAccessibleDescription(/No tag fits/));
      await userEvent.keyboard('{Escape}');
      expect(await sentBy(harnessCd)).toEqual([{ [tag.pointer]: 'my-own' }]);
    });

    it('are typed while a delegate does not answer, and offered once it does', async () => {
      const { harnessCd, opened } = askFor([tag]);
      harnessCd.choices = { failure: failure('TIMEOUT', 'Harness did not answer within 3 s'), isPending: true };
      const field = await fieldThatSays(opened, /delegate does not answer\. Type the tag/);
      await userEvent.type(field, 'v1');
      expect(screen.queryByRole('listbox')).not.toBeInTheDocument();
      harnessCd.choices = { choices: tags('v1.20', 'v1.19'), hasMore: false, total: 2 };
      await waitFor(() => expect(field).toHaveAccessibleDescription(/2 tags fit/), { timeout: 5_000 });
      expect(field).toHaveValue('v1');
      expect(field).toHaveFocus();
      expect(await sentBy(harnessCd)).toEqual([{ [tag.pointer]: 'v1' }]);
    });

    it('are typed where the registry refuses, which is said in its words', async () => {
      const { harnessCd, opened } = askFor([tag]);
      harnessCd.choices = { failure: failure('INVALID_REQUEST', 'Harness refused the request: no such image.') };
      const field = await fieldThatSays(opened, /could not be listed\. Type the tag\. .*no such image/);
      await userEvent.type(field, 'v1');
      expect(await sentBy(harnessCd)).toEqual([{ [tag.pointer]: 'v1' }]);
    });
  });

  describe('that what was chosen asks for in turn', () => {
    const service = ofStage('spec/service/serviceRef', { choices: { of: 'service' }, required: true });
    const object = ofStage('spec/service/serviceInputs', {
      kind: 'object',
      askedBy: { of: 'service', serviceInput: service.pointer },
    });
    const tag = ofStage('spec/service/serviceInputs/serviceDefinition/spec/tag', { required: true });

    async function choose(dialog: ReturnType<typeof within>, name: string) {
      await userEvent.click(await dialog.findByRole('button', { name: /serviceRef/ }));
      await userEvent.click(await screen.findByRole('option', { name }));
    }

    function askForService() {
      const { harnessCd, opened } = askFor([service, object]);
      harnessCd.choices = { choices: [{ value: 'shop', name: 'shop' }], hasMore: false };
      return { harnessCd, opened };
    }

    it('appear once it is chosen, and are checked and sent like any other', async () => {
      const { harnessCd, opened } = askForService();
      harnessCd.asked = { inputs: [tag] };
      const dialog = await opened;
      await dialog.findByRole('button', { name: /serviceRef/ });
      expect(dialog.queryByRole('textbox', { name: /serviceInputs|tag/ })).not.toBeInTheDocument();
      await choose(dialog, 'shop');
      const field = await dialog.findByRole('textbox', { name: /tag of stage Roll out/ });
      expect(field).toBeRequired();
      expect(harnessCd.askedQueries).toEqual([{ input: object.pointer, service: 'shop' }]);
      await userEvent.click(dialog.getByRole('button', { name: 'Run the pipeline' }));
      await waitFor(() => expect(field).toHaveAccessibleDescription(/Fill this in/));
      await userEvent.type(field, 'v1');
      expect(await sentBy(harnessCd)).toEqual([{ [service.pointer]: 'shop', [tag.pointer]: 'v1' }]);
    });

    it('offer the tags of the artifact source that is chosen now', async () => {
      const { harnessCd, opened } = askForService();
      const primary = 'spec/service/serviceInputs/serviceDefinition/spec/artifacts/primary';
      const source = ofStage(`${primary}/primaryArtifactRef`, { choices: { of: 'artifactSource' }, required: true });
      const by = { of: 'source', sourceInput: source.pointer } as const;
      const sources = ofStage(`${primary}/sources`, { kind: 'list', shape: 'sources', askedBy: by });
      const ofSource = ofStage(`${primary}/sources/0/spec/tag`, {
        choices: { of: 'tag', sourceInput: source.pointer },
      });
      harnessCd.choices = { choices: ['shop', 'mirror'].map(name => ({ value: name, name })), hasMore: false };
      harnessCd.askedOf = query => ({ inputs: query.source ? [ofSource] : [source, sources] });
      const dialog = await opened;
      await choose(dialog, 'shop');
      await dialog.findByRole('button', { name: /primaryArtifactRef/ });
      for (const name of ['shop', 'mirror', 'shop']) {
        await userEvent.click(await dialog.findByRole('button', { name: /primaryArtifactRef/ }));
        const option = await screen.findByRole('option', { name });
        harnessCd.choices = { choices: [{ value: `of-${name}`, name: `of-${name}` }], hasMore: false };
        await userEvent.click(option);
        await waitFor(() => expect(harnessCd.choiceQueries).toContainEqual({ input: ofSource.pointer, source: name }));
        const field = await dialog.findByRole('combobox', { name: /tag of stage/ });
        await waitFor(() => expect(field).toHaveAccessibleDescription(/One tag fits/));
        await userEvent.type(field, '{ArrowDown}');
        expect(await screen.findByRole('option')).toHaveTextContent(`of-${name}`);
        await userEvent.keyboard('{Escape}');
      }
    });

    it('say that an environment among several is deployed to as a whole', async () => {
      const environments = ofStage('spec/environments/values', {
        kind: 'list',
        shape: 'environments',
        choices: { of: 'environment' },
        required: true,
      });
      const { harnessCd, opened } = askFor([environments]);
      harnessCd.choices = { choices: [{ value: 'int', name: 'int' }], hasMore: false };
      const dialog = await opened;
      const field = await dialog.findByRole('button', { name: /values/ });
      await waitFor(() => expect(field).toHaveAccessibleDescription('Each is deployed to as a whole.'));
    });

    it('are forgotten once something else is chosen, with what was chosen within it', async () => {
      const environment = ofStage('spec/environment/environmentRef', {
        choices: { of: 'environment' },
        required: true,
      });
      const infrastructure = ofStage('spec/environment/infrastructureDefinitions', {
        kind: 'list',
        shape: 'identified',
        choices: { of: 'infrastructure', withinInput: environment.pointer },
        askedBy: { of: 'infrastructure', each: true, environmentInput: environment.pointer },
      });
      const namespace = ofStage('spec/environment/infrastructureDefinitions/open/inputs/namespace', {});
      const { harnessCd, opened } = askFor([environment, infrastructure]);
      harnessCd.choices = { choices: ['int', 'prod', 'open'].map(name => ({ value: name, name })), hasMore: false };
      harnessCd.askedOf = ({ infrastructure: name }) => ({ inputs: name === 'open' ? [namespace] : [] });
      const dialog = await opened;
      const pick = async (field: RegExp, name: string) => {
        await userEvent.click(await dialog.findByRole('button', { name: field }));
        await userEvent.click(await screen.findByRole('option', { name }));
      };
      await pick(/environmentRef/, 'int');
      await pick(/infrastructureDefinitions/, 'open');
      await userEvent.keyboard('{Escape}');
      await userEvent.type(await dialog.findByRole('textbox', { name: /namespace/ }), 'of-int');
      await pick(/environmentRef/, 'prod');
      expect(dialog.queryByRole('textbox', { name: /namespace/ })).not.toBeInTheDocument();
      await pick(/infrastructureDefinitions/, 'open');
      await userEvent.keyboard('{Escape}');
      expect(await dialog.findByRole('textbox', { name: /namespace/ })).toHaveValue('');
      expect(await sentBy(harnessCd)).toEqual([{ [environment.pointer]: 'prod', [infrastructure.pointer]: ['open'] }]);
    });

    it('appear for each that is chosen for a list, and go with it', async () => {
      const list = ofStage('spec/services/values', {
        kind: 'list',
        shape: 'services',
        choices: { of: 'service' },
        askedBy: { of: 'service', each: true },
      });
      const own = (name: string) => ({
        ...tag,
        label: `tag of ${name}`,
        pointer: `${list.pointer}/${name}/serviceInputs/tag`,
      });
      const { harnessCd, opened } = askFor([list]);
      harnessCd.choices = { choices: ['shop', 'mail'].map(name => ({ value: name, name })), hasMore: false };
      harnessCd.askedOf = ({ service: name = '' }) => ({ inputs: name === 'shop' ? [own(name)] : [] });
      const dialog = await opened;
      await userEvent.click(await dialog.findByRole('button', { name: /values/ }));
      await userEvent.click(await screen.findByRole('option', { name: 'shop' }));
      await userEvent.click(await screen.findByRole('option', { name: 'mail' }));
      await userEvent.keyboard('{Escape}');
      await userEvent.type(await dialog.findByRole('textbox', { name: /tag of shop/ }), 'v1');
      expect(harnessCd.askedQueries).toEqual([
        { input: list.pointer, service: 'shop' },
        { input: list.pointer, service: 'mail' },
      ]);
      expect(await sentBy(harnessCd)).toEqual([{ [list.pointer]: ['shop', 'mail'], [own('shop').pointer]: 'v1' }]);
    });

    it('may be chosen among again, as an artifact source of a service is', async () => {
      const { harnessCd, opened } = askForService();
      const primary = 'spec/service/serviceInputs/serviceDefinition/spec/artifacts/primary';
      const source = ofStage(`${primary}/primaryArtifactRef`, {
        choices: { of: 'artifactSource', withinInput: service.pointer },
        required: true,
      });
      const by = { of: 'source', serviceInput: service.pointer, sourceInput: source.pointer } as const;
      const sources = ofStage(`${primary}/sources`, { kind: 'list', shape: 'sources', askedBy: by });
      const choices = { of: 'tag', withinInput: service.pointer, sourceInput: source.pointer } as const;
      const ofSource = ofStage(`${primary}/sources/0/spec/tag`, { choices });
      harnessCd.askedOf = query => ({ inputs: query.source ? [ofSource] : [source, sources] });
      const dialog = await opened;
      await choose(dialog, 'shop');
      const field = await dialog.findByRole('button', { name: /primaryArtifactRef/ });
      expect(dialog.queryByRole('group', { name: /sources/ })).not.toBeInTheDocument();
      await userEvent.click(field);
      await userEvent.click(await screen.findByRole('option', { name: 'shop' }));
      await userEvent.type(await dialog.findByRole('combobox', { name: /tag of stage Roll out/ }), 'v1');
      await userEvent.keyboard('{Escape}');
      expect(harnessCd.askedQueries).toContainEqual({ input: sources.pointer, service: 'shop', source: 'shop' });
      expect(harnessCd.choiceQueries).toContainEqual({ input: ofSource.pointer, within: 'shop', source: 'shop' });
      expect(await sentBy(harnessCd)).toEqual([
        { [service.pointer]: 'shop', [source.pointer]: 'shop', [ofSource.pointer]: 'v1' },
      ]);
    });

    it('are YAML where Harness does not say', async () => {
      const { harnessCd, opened } = askForService();
      harnessCd.asked = { failure: failure('FORBIDDEN', 'Harness keeps it from keys.') };
      const dialog = await opened;
      await choose(dialog, 'shop');
      const field = await dialog.findByRole('textbox', { name: 'serviceInputs of stage Roll out' });
      expect(field).not.toBeRequired();
    });
  });

  it('are shown again one by one: a form of very many stays quick', async () => {
    const many = Array.from({ length: 20 }, (_, index) => variable(index, `input${index}`));
    const { harnessCd, opened } = askFor(many);
    const dialog = await opened;
    await userEvent.type(await dialog.findByRole('textbox', { name: 'input7' }), 'a');
    mockShown.length = 0;
    await userEvent.type(dialog.getByRole('textbox', { name: 'input10' }), 'b');
    expect(new Set(mockShown)).toEqual(new Set([pointer(10)]));
    expect(await sentBy(harnessCd)).toEqual([{ [pointer(7)]: 'a', [pointer(10)]: 'b' }]);
  });

  it.each([
    ['wholeNumber', 'replicas', '3.5', /replicas takes a whole number, such as 3, not “3\.5”/, '4'],
    ['duration', 'timeout', 'soon', /timeout takes a time span, such as 10m or 1h 30m, not “soon”/, '1h 30m'],
  ] as const)('take a %s, and say what it is', async (kind, name, wrong, reason, right) => {
    const { harnessCd, opened } = askFor([variable(0, name, { kind, required: true })]);
    const field = await (await opened).findByRole('textbox', { name });
    await userEvent.type(field, wrong);
    await userEvent.tab();
    await waitFor(() => expect(field).toHaveAccessibleDescription(reason));
    await userEvent.clear(field);
    await userEvent.type(field, right);
    expect(await sentBy(harnessCd)).toEqual([{ [pointer(0)]: right }]);
  });

  it('of which Harness alone compares the pattern say so', async () => {
    const about = { regex: '(?<=v)[0-9]+', regexInHarness: true };
    const { opened } = askFor([variable(0, 'version', about)]);
    const field = await (await opened).findByRole('textbox', { name: 'version' });
    expect(field).toHaveAccessibleDescription('Harness compares it with (?<=v)[0-9]+ when the pipeline is started.');
  });

  it('that are true or false without a default are chosen: nothing looks chosen that is not', async () => {
    const deployToAll = ofStage('spec/environmentGroup/deployToAll', { kind: 'boolean', required: true });
    const { harnessCd, opened } = askFor([deployToAll]);
    const dialog = await opened;
    const field = await dialog.findByRole('button', { name: /deployToAll/ });
    await userEvent.click(dialog.getByRole('button', { name: 'Run the pipeline' }));
    expect(await dialog.findByText('Fill this in.')).toBeInTheDocument();
    await userEvent.click(field);
    await userEvent.click(screen.getByRole('option', { name: 'false' }));
    expect(await sentBy(harnessCd)).toEqual([{ [deployToAll.pointer]: 'false' }]);
  });

  it.each(['texts', 'environments', 'identified', 'services'] as const satisfies InputShape[])(
    'that take a list of %s have one line for each',
    async shape => {
      const list = ofStage('spec/list', { kind: 'list', shape, required: true });
      const { harnessCd, opened } = askFor([list]);
      const dialog = await opened;
      const field = await dialog.findByRole('textbox', { name: 'list of stage Roll out' });
      expect(field).toHaveAccessibleDescription('One on each line.');
      await userEvent.type(field, '<+secret{enter}');
      await userEvent.tab();
      await waitFor(() => expect(field).toHaveAccessibleDescription(/list of stage Roll out holds “<\+”/));
      await userEvent.clear(field);
      await userEvent.tab();
      await waitFor(() => expect(field).toHaveAccessibleDescription(/Fill this in\./));
      await userEvent.type(field, 'tenant_a{enter}{enter} tenant_b{enter}');
      expect(await sentBy(harnessCd)).toEqual([{ [list.pointer]: ['tenant_a', 'tenant_b'] }]);
    },
  );

  it.each([
    ['Branch', 'main', { branch: 'main' }],
    ['Tag', '1.20', { tag: '1.20' }],
    ['Pull request', '12', { number: '12' }],
    ['Commit', '0a1b', { commitSha: '0a1b' }],
  ])('that say what to build take a %s', async (kind, text, sent) => {
    const build = input({
      pointer: '/pipeline/properties/ci/codebase/build',
      name: 'build',
      kind: 'object',
      shape: 'build',
      required: true,
    });
    const { harnessCd, opened } = askFor([build]);
    const dialog = await opened;
    const field = await dialog.findByRole('textbox', { name: 'Branch' });
    await userEvent.click(dialog.getByRole('button', { name: 'Run the pipeline' }));
    await waitFor(() => expect(field).toHaveAccessibleDescription('Fill this in.'));
    expect(field).toHaveFocus();
    await userEvent.click(dialog.getByRole('button', { name: /Branch, tag, pull request or commit/ }));
    await userEvent.click(screen.getByRole('option', { name: kind }));
    await userEvent.type(dialog.getByRole('textbox', { name: kind }), text);
    expect(await sentBy(harnessCd)).toEqual([{ [build.pointer]: sent }]);
  });

  it('that are a source of the artifact take its name, type and tag, or nothing', async () => {
    const primary = 'spec/service/serviceInputs/serviceDefinition/spec/artifacts/primary';
    const chosen = ofStage(`${primary}/primaryArtifactRef`, { required: true });
    const sources = ofStage(`${primary}/sources`, { kind: 'list', shape: 'sources' });
    const { harnessCd, opened } = askFor([chosen, sources]);
    const dialog = await opened;
    await userEvent.type(await dialog.findByRole('textbox', { name: /primaryArtifactRef/ }), 'registry_image');
    const group = within(dialog.getByRole('group', { name: 'sources of stage Roll out' }));
    const name = group.getByRole('textbox', { name: 'Name of the source' });
    await userEvent.type(group.getByRole('textbox', { name: 'Tag' }), '1.20');
    await userEvent.click(dialog.getByRole('button', { name: 'Run the pipeline' }));
    await waitFor(() => expect(name).toHaveAccessibleDescription('Give all three of them, or none.'));
    await userEvent.type(name, 'registry_image');
    await userEvent.type(group.getByRole('textbox', { name: 'Type' }), 'DockerRegistry');
    expect(await sentBy(harnessCd)).toEqual([
      {
        [chosen.pointer]: 'registry_image',
        [sources.pointer]: [{ identifier: 'registry_image', type: 'DockerRegistry', spec: { tag: '1.20' } }],
      },
    ]);
  });

  it('that a page of before does not know leave the form alive, and are checked by the backend', async () => {
    const { harnessCd, opened } = askFor([variable(0, 'version', { kind: 'ofNextYear' as RuntimeInput['kind'] })]);
    const dialog = await opened;
    await userEvent.type(await dialog.findByRole('textbox', { name: 'version' }), 'v4');
    expect(await dialog.findByText('Your entries cannot be checked while you type')).toBeInTheDocument();
    expect(dialog.getByText('They are checked when you deploy.')).toBeInTheDocument();
    expect(await sentBy(harnessCd)).toEqual([{ [pointer(0)]: 'v4' }]);
  });

  it('stand below the branch that the pipeline is run from, where there is one', async () => {
    const harnessCd = foreign();
    harnessCd.branch = 'release/2.4';
    const dialog = await openDialog(harnessCd);
    expect(
      await dialog.findByText('The pipeline payment_service_cd is run from branch release/2.4.'),
    ).toBeInTheDocument();
  });

  it('stand under What where the service is in the config repo, beside its own fields', async () => {
    const harnessCd = new InMemoryHarnessCd();
    harnessCd.inputs = [...harnessCd.inputs!, variable(3, 'reason', { required: true })];
    const dialog = await openDialog(harnessCd);
    const what = within(await dialog.findByRole('group', { name: 'What' }));
    expect(await what.findByRole('textbox', { name: /reason/ })).toBeRequired();
    expect(what.getAllByRole('textbox')).toHaveLength(2);
    expect(dialog.queryByRole('textbox', { name: 'targetRegion' })).not.toBeInTheDocument();
  });

  it('leave the rest of the form alive while they cannot be loaded, and are there when they can', async () => {
    const harnessCd = new InMemoryHarnessCd();
    const { inputs } = harnessCd;
    harnessCd.inputs = undefined;
    harnessCd.inputsFailure = failure('FORBIDDEN', 'Harness refuses to show the pipeline.');
    const dialog = await openDialog(harnessCd);
    expect(await dialog.findByRole('textbox', { name: /Image tag/ })).toBeInTheDocument();
    expect(dialog.getByText('What the pipeline asks for could not be loaded.')).toBeInTheDocument();
    expect(dialog.getByText('Harness refuses to show the pipeline.')).toBeInTheDocument();
    expect(dialog.getByText('Wait.')).toBeInTheDocument();

    harnessCd.inputs = [...inputs!, variable(3, 'reason')];
    harnessCd.inputsFailure = undefined;
    await userEvent.click(dialog.getByRole('button', { name: 'Try again' }));
    expect(await dialog.findByRole('textbox', { name: 'reason' })).toBeInTheDocument();
  });

  it('do not let the rest of the form wait while they are being read', async () => {
    const harnessCd = new InMemoryHarnessCd();
    const { inputs } = harnessCd;
    harnessCd.inputs = undefined;
    const dialog = await openDialog(harnessCd);
    expect(await dialog.findByRole('textbox', { name: /Image tag/ })).toBeInTheDocument();
    expect(dialog.getByLabelText('Loading what the pipeline asks for')).toBeInTheDocument();

    harnessCd.inputs = [...inputs!, variable(3, 'reason')];
    expect(await dialog.findByRole('textbox', { name: 'reason' }, { timeout: 4_000 })).toBeInTheDocument();
  });

  it('are an error of their own where nothing else is known', async () => {
    const harnessCd = foreign();
    harnessCd.inputs = undefined;
    harnessCd.inputsFailure = failure('UNAVAILABLE', 'Harness does not answer.');
    const dialog = await openDialog(harnessCd);
    expect(await dialog.findByText('What the pipeline asks for could not be loaded.')).toBeInTheDocument();
    expect(dialog.getByRole('button', { name: 'Try again' })).toBeInTheDocument();
  });

  it("are not asked for where the pipeline is somebody else's, nor is anything else", async () => {
    const harnessCd = new InMemoryHarnessCd();
    harnessCd.inputs = undefined;
    harnessCd.inputsFailure = failure('FOREIGN_PIPELINE', 'It is of component:default/shop.');
    const dialog = await openDialog(harnessCd);
    expect(await dialog.findByText('This pipeline belongs to somebody else')).toBeInTheDocument();
    expect(dialog.queryByRole('textbox')).not.toBeInTheDocument();
    expect(dialog.queryByRole('button', { name: /Deploy|Try again/ })).not.toBeInTheDocument();
  });

  it('say that they are the last known ones while Harness is away', async () => {
    const harnessCd = foreign();
    harnessCd.inputsFailure = failure('UNAVAILABLE', 'Harness does not answer.');
    const dialog = await openDialog(harnessCd);
    expect(await dialog.findByText(/^This is what the pipeline asked for as of/)).toBeInTheDocument();
    expect(dialog.getByRole('textbox', { name: /version/ })).toBeInTheDocument();
  });

  it('say so where the pipeline asks for nothing', async () => {
    const harnessCd = foreign();
    harnessCd.inputs = [];
    const dialog = await openDialog(harnessCd);
    expect(await dialog.findByText('This pipeline asks for nothing.')).toBeInTheDocument();
  });

  it('are an error with what to do where there is no such pipeline', async () => {
    const harnessCd = foreign();
    harnessCd.inputs = undefined;
    harnessCd.inputsFailure = failure('PIPELINE_NOT_FOUND', 'There is no pipeline.');
    const dialog = await openDialog(harnessCd);
    expect(await dialog.findByText('There is nothing to deploy this with')).toBeInTheDocument();
    expect(dialog.getByText('There is no pipeline.')).toBeInTheDocument();
  });

  it.each([
    [403, 'You may not see these deployments'],
    [404, 'There is nothing to deploy this with'],
    [503, 'The rules of this service could not be loaded'],
  ])('are not shown where the backend answers %i', async (statusCode, title) => {
    const harnessCd = new InMemoryHarnessCd();
    harnessCd.failTargetWith = Object.assign(new Error('No.'), { statusCode });
    const dialog = await openDialog(harnessCd);
    expect(await dialog.findByText(title)).toBeInTheDocument();
  });
});
