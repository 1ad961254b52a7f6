import { act, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { choose, deployToIntStable, openDeployDialog } from '../__testUtils__/deployDialog';
import { deployment, InMemoryHarnessCd, variable } from '../__testUtils__/InMemoryHarnessCd';
import { renderOnEntityPage } from '../__testUtils__/renderOnEntityPage';
import { DeploymentsCard } from '../history/DeploymentsCard';
import { DeployButton } from './DeployButton';

async function openDialog(harnessCd: InMemoryHarnessCd) {
  renderOnEntityPage(<DeployButton size="small" />, harnessCd);
  await waitFor(() => expect(screen.getByRole('button', { name: 'Deploy' })).toBeEnabled());
  await userEvent.click(screen.getByRole('button', { name: 'Deploy' }));
  return screen.findByRole('textbox', { name: /Image tag/ });
}

describe('the deploy dialog', () => {
  it('says nothing about fields that were not touched, and everything once submitted', async () => {
    const tag = await openDialog(new InMemoryHarnessCd());
    expect(tag).toBeValid();
    expect(document.querySelector('[data-invalid]')).toBeNull();

    await userEvent.click(screen.getByRole('button', { name: 'Deploy' }));
    await waitFor(() => expect(tag).toBeInvalid());
    expect(document.querySelectorAll('[data-field][data-invalid]').length).toBe(3);
    expect(screen.getAllByText('Fill this in.')).toHaveLength(3);
    expect(screen.queryByRole('alert')).not.toBeInTheDocument();
    expect(tag).toHaveFocus();
  });

  it('gives the reason beside a field as it is typed, and takes it back', async () => {
    const tag = await openDialog(new InMemoryHarnessCd());
    await userEvent.type(tag, 'latest');
    await userEvent.tab();
    await waitFor(() => expect(tag).toBeInvalid());
    expect(tag).toHaveAccessibleDescription(/latest/);
    await userEvent.clear(tag);
    await userEvent.type(tag, 'v2.3.1');
    await waitFor(() => expect(tag).toBeValid());
  });

  it('names what its button does, starts it once, and turns into the progress', async () => {
    const harnessCd = new InMemoryHarnessCd();
    const tag = await openDialog(harnessCd);
    await userEvent.type(tag, 'v2.3.1');
    await choose(/Environment/, /int-stable/);
    await choose(/Region/, /euw1/);
    await userEvent.click(screen.getByRole('button', { name: 'Deploy v2.3.1 to int-stable/euw1' }));

    expect(await screen.findByText('Rolling deployment')).toBeInTheDocument();
    expect(harnessCd.requests).toEqual([
      { service: 'payment-service', imageTag: 'v2.3.1', environment: 'int-stable', region: 'euw1' },
    ]);
  });

  it('asks once for what the pipeline takes along to its approvers, and where the environment requires it', async () => {
    const harnessCd = new InMemoryHarnessCd();
    harnessCd.rules!.environments[1].changeWindows = undefined;
    harnessCd.inputs = [...(harnessCd.inputs ?? []), variable(3, 'rollbackPlan'), variable(4, 'replicas')];
    await openDialog(harnessCd);
    await choose(/Environment/, /int-stable/);
    expect(screen.getByRole('textbox', { name: /replicas/ })).toBeInTheDocument();
    expect(screen.queryByRole('textbox', { name: /rollback ?plan/i })).not.toBeInTheDocument();
    await choose(/Environment/, /prod/);
    expect(screen.getAllByRole('textbox', { name: /rollback ?plan/i })).toHaveLength(1);
  });

  it('offers the tags of the registry that the chosen environment pulls from', async () => {
    const harnessCd = new InMemoryHarnessCd();
    const pointer = '/pipeline/variables/1/value';
    harnessCd.inputs = [
      variable(0, 'imageTag', { choices: { of: 'tag', within: 'payment_service', sourceInput: pointer } }),
      variable(1, 'targetEnvironment', { allowedValues: ['int-stable', 'prod'] }),
    ];
    harnessCd.choices = { choices: [{ value: 'v2.3.1', name: 'v2.3.1' }], hasMore: false, total: 1 };
    renderOnEntityPage(<DeployButton size="small" />, harnessCd);
    await waitFor(() => expect(screen.getByRole('button', { name: 'Deploy' })).toBeEnabled());
    await userEvent.click(screen.getByRole('button', { name: 'Deploy' }));
    const tag = await screen.findByRole('combobox', { name: /Image tag/ });
    expect(tag).toHaveAccessibleDescription(/once the service, or the environment, is given/);
    expect(harnessCd.choiceQueries).toEqual([]);
    for (const environment of ['int-stable', 'prod']) {
      await choose(/Environment/, new RegExp(environment));
      const query = { input: '/pipeline/variables/0/value', source: environment };
      await waitFor(() => expect(harnessCd.choiceQueries).toContainEqual(query));
      await waitFor(() => expect(tag).toHaveAccessibleDescription(/One tag fits/));
    }
  });

  it('starts once, however fast it is asked twice', async () => {
    const harnessCd = new InMemoryHarnessCd();
    const tag = await openDialog(harnessCd);
    await userEvent.type(tag, 'v2.3.1');
    await choose(/Environment/, /int-stable/);
    await choose(/Region/, /euw1/);
    await screen.findByRole('button', { name: 'Deploy v2.3.1 to int-stable/euw1' });
    const form = tag.closest('form')!;
    act(() => {
      form.requestSubmit();
      form.requestSubmit();
    });
    expect(await screen.findByText('Rolling deployment')).toBeInTheDocument();
    expect(harnessCd.requests).toHaveLength(1);
  });

  it('says once, at the button, that a change window is closed and when it opens; what is for the record waits', async () => {
    const harnessCd = new InMemoryHarnessCd();
    // Where somebody approves, the pipeline looks at the time behind that.
    harnessCd.rules!.environments[1].approvals = [];
    const tag = await openDialog(harnessCd);
    await userEvent.type(tag, 'v2.3.1');
    await choose(/Environment/, /prod/);

    expect(await screen.findAllByText(/change window/)).toHaveLength(1);
    expect(screen.getAllByText(/opens \w+ .*\(in \d+ (hours|days)\)/)).toHaveLength(1);
    expect(screen.queryByRole('textbox', { name: /Change ticket/ })).not.toBeInTheDocument();
    const submit = screen.getByRole('button', { name: 'Deploy v2.3.1 to prod/euw1' });
    expect(submit).toBeDisabled();
    expect(submit).toHaveAccessibleDescription(/window of prod is closed.*opens/);
    expect(submit.closest('.bui-DialogFooter')).toContainElement(screen.getByText(/change window/));
  });

  it('asks for what an environment requires while its window is open', async () => {
    const harnessCd = new InMemoryHarnessCd();
    harnessCd.rules!.environments[1].changeWindows = undefined;
    await openDialog(harnessCd);
    await choose(/Environment/, /prod/);
    expect(await screen.findByRole('textbox', { name: /Change ticket/ })).toBeInTheDocument();
    expect(screen.getByRole('textbox', { name: /Rollback plan/ })).toBeInTheDocument();
  });

  it('does not move while a click is under way: the reason beside a field comes after it', async () => {
    const tag = await openDialog(new InMemoryHarnessCd());
    await userEvent.type(tag, 'latest');
    const submit = screen.getByRole('button', { name: 'Deploy' });
    const user = userEvent.setup();
    await user.pointer({ keys: '[MouseLeft>]', target: submit });
    await act(async () => {});
    expect(tag).not.toHaveFocus();
    expect(tag).toBeValid();
    await user.pointer({ keys: '[/MouseLeft]', target: submit });
    await waitFor(() => expect(tag).toBeInvalid());
    expect(screen.getAllByText('Fill this in.')).toHaveLength(2);
  });

  it('keeps both ends of a long tag in its button, and the whole of it in reach', async () => {
    const tag = 'release-2026-11-27-1842-0f5c2a9b7d3e6180';
    await openDialog(new InMemoryHarnessCd());
    await userEvent.type(screen.getByRole('textbox', { name: /Image tag/ }), tag);
    await choose(/Environment/, /int-stable/);
    await choose(/Region/, /euw1/);
    const button = screen.getByRole('button', { name: 'Deploy release-2026…7d3e6180 to int-stable/euw1' });
    expect(within(button).getByTitle(`Deploy ${tag} to int-stable/euw1`)).toBeInTheDocument();
  });

  describe('where something else runs at the same place', () => {
    function withRun(about: Parameters<typeof deployment>[0]): InMemoryHarnessCd {
      const harnessCd = new InMemoryHarnessCd();
      const startedAt = Date.now() - 3 * 60_000;
      const running = {
        status: 'Running',
        phase: 'active',
        imageTag: 'v9.9.9',
        triggeredBy: 'ben',
        startedAt,
      } as const;
      harnessCd.deployments = [deployment({ ...running, ...about })];
      return harnessCd;
    }

    it('says what, who and since when, and starts after a second click elsewhere', async () => {
      const harnessCd = withRun({ executionId: 'other' });
      renderOnEntityPage(<DeployButton size="small" />, harnessCd);
      await openDeployDialog();
      await deployToIntStable();
      const warning = await screen.findByText('Another run goes to int-stable/euw1');
      const alert = warning.closest('[role=status]');
      for (const words of ['v9.9.9', 'ben', /^for 3m/]) {
        expect(within(alert as HTMLElement).getByText(words)).toBeInTheDocument();
      }
      await userEvent.click(screen.getByRole('button', { name: 'Deploy v2.3.1 to int-stable/euw1' }));
      expect(harnessCd.keys).toEqual([]);
      await userEvent.click(screen.getByRole('button', { name: 'Start anyway' }));
      expect(await screen.findByText('Rolling deployment')).toBeInTheDocument();
      expect(harnessCd.keys).toHaveLength(1);
    });

    it('does not say that it goes to the same region, as long as nobody knows', async () => {
      const harnessCd = withRun({ executionId: 'other', region: undefined });
      renderOnEntityPage(<DeployButton size="small" />, harnessCd);
      await openDeployDialog();
      await deployToIntStable();
      const title = 'Another run goes to int-stable; Harness does not say to which region yet';
      expect(await screen.findByText(title)).toBeInTheDocument();
    });

    it('calls a run by its number as long as its version is not known', async () => {
      const harnessCd = withRun({ executionId: 'other', imageTag: undefined, runNumber: 69 });
      renderOnEntityPage(<DeployButton size="small" />, harnessCd);
      await openDeployDialog();
      await deployToIntStable();
      expect(await screen.findByText('#69')).toBeInTheDocument();
    });

    it.each([
      ['another region', { executionId: 'other', region: 'euw2' }],
      ['what has ended', { executionId: 'other', status: 'Success', phase: 'succeeded' }],
    ] as const)('asks nothing about %s', async (_, about) => {
      const harnessCd = withRun(about);
      renderOnEntityPage(<DeployButton size="small" />, harnessCd);
      await openDeployDialog();
      await deployToIntStable();
      expect(await screen.findByText('Rolling deployment')).toBeInTheDocument();
    });
  });

  it('shows what the backend refuses beside the field, until the field changes', async () => {
    const harnessCd = new InMemoryHarnessCd();
    harnessCd.refusedWith = [
      { code: 'REGION_NOT_IN_ENVIRONMENT', path: '/region', params: {}, message: 'euw1 was taken out of int-stable.' },
    ];
    const tag = await openDialog(harnessCd);
    await userEvent.type(tag, 'v2.3.1');
    await choose(/Environment/, /int-stable/);
    await choose(/Region/, /euw1/);
    await userEvent.click(screen.getByRole('button', { name: 'Deploy v2.3.1 to int-stable/euw1' }));

    expect(await screen.findByText('euw1 was taken out of int-stable.')).toBeInTheDocument();
    await choose(/Region/, /euw2/);
    await waitFor(() => expect(screen.queryByText('euw1 was taken out of int-stable.')).not.toBeInTheDocument());
  });

  it('loses no letter, however fast it is typed', async () => {
    const tag = await openDialog(new InMemoryHarnessCd());
    await userEvent.setup({ delay: null }).type(tag, 'v2.3.1-rc.17');
    expect(tag).toHaveValue('v2.3.1-rc.17');
  });

  it('keeps what was filled in while it is closed', async () => {
    const tag = await openDialog(new InMemoryHarnessCd());
    await userEvent.type(tag, 'v2.3.1');
    await userEvent.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument());
    await userEvent.click(screen.getByRole('button', { name: 'Deploy' }));
    expect(await screen.findByRole('textbox', { name: /Image tag/ })).toHaveValue('v2.3.1');
  });

  it('shows the new run in the card at once', async () => {
    const harnessCd = new InMemoryHarnessCd();
    renderOnEntityPage(<DeploymentsCard />, harnessCd);
    expect(await screen.findByText('Never deployed.')).toBeInTheDocument();
    await userEvent.click(screen.getByRole('button', { name: 'Deploy' }));
    await userEvent.type(await screen.findByRole('textbox', { name: /Image tag/ }), 'v2.3.1');
    await choose(/Environment/, /int-stable/);
    await choose(/Region/, /euw1/);
    await userEvent.click(screen.getByRole('button', { name: 'Deploy v2.3.1 to int-stable/euw1' }));
    await screen.findByText('Rolling deployment');
    await userEvent.keyboard('{Escape}');
    expect(await screen.findByRole('link', { name: 'v2.3.1 · int-stable/euw1' })).toBeInTheDocument();
  });
});
