import { act, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { InMemoryHarnessCd } from '../__testUtils__/InMemoryHarnessCd';
import { renderOnEntityPage } from '../__testUtils__/renderOnEntityPage';
import { DeploymentsCard } from '../history/DeploymentsCard';
import { DeployButton } from './DeployButton';

async function choose(field: RegExp, option: RegExp) {
  await userEvent.click(screen.getByRole('button', { name: field }));
  await userEvent.click(await screen.findByRole('option', { name: option }));
}

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

  it('blocks a closed change window, says when it opens, and asks for what the environment requires', async () => {
    const harnessCd = new InMemoryHarnessCd();
    const tag = await openDialog(harnessCd);
    await userEvent.type(tag, 'v2.3.1');
    await choose(/Environment/, /prod/);

    expect(await screen.findByText('The change window of prod is closed')).toBeInTheDocument();
    expect(screen.getAllByText(/opens \w+ .*\(in \d+ (hours|days)\)/).length).toBeGreaterThan(0);
    expect(screen.getByRole('textbox', { name: /Change ticket/ })).toBeInTheDocument();
    expect(screen.getByRole('textbox', { name: /Rollback plan/ })).toBeInTheDocument();
    const submit = screen.getByRole('button', { name: 'Deploy v2.3.1 to prod/euw1' });
    expect(submit).toBeDisabled();
    expect(submit).toHaveAccessibleDescription(/Not possible now: opens/);
  });

  it('shows what the backend refuses beside the field, until the field changes', async () => {
    const harnessCd = new InMemoryHarnessCd();
    harnessCd.refusedWith = [
      { code: 'REGION_NOT_IN_ENVIRONMENT', path: '/region', message: 'euw1 was taken out of int-stable.' },
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
