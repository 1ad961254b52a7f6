import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';

/** Opens the deploy dialog by its button. */
export async function openDeployDialog() {
  await waitFor(() => expect(screen.getByRole('button', { name: 'Deploy' })).toBeEnabled());
  await userEvent.click(screen.getByRole('button', { name: 'Deploy' }));
  return screen.findByRole('dialog');
}

/** Closes whatever dialog is open. */
export async function closeDialog() {
  await userEvent.keyboard('{Escape}');
  await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument());
}

/** Chooses an option of a select. */
export async function choose(field: RegExp, option: RegExp) {
  await userEvent.click(screen.getByRole('button', { name: field }));
  await userEvent.click(await screen.findByRole('option', { name: option }));
}

/** Fills the open form in, and asks for the deployment. */
export async function deployToIntStable(tag = 'v2.3.1') {
  await userEvent.type(await screen.findByRole('textbox', { name: /Image tag/ }), tag);
  await choose(/Environment/, /int-stable/);
  await choose(/Region/, /euw1/);
  await userEvent.click(screen.getByRole('button', { name: `Deploy ${tag} to int-stable/euw1` }));
}
