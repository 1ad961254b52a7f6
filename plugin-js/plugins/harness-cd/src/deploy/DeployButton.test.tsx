import { screen } from '@testing-library/react';
import { InMemoryHarnessCd } from '../__testUtils__/InMemoryHarnessCd';
import { renderOnEntityPage } from '../__testUtils__/renderOnEntityPage';
import { DeployButton } from './DeployButton';

// In a file of its own: Backstage remembers the answers to permission questions for as long as a page lives.
it('is disabled without the right to deploy, and says which right is missing', async () => {
  renderOnEntityPage(<DeployButton size="small" />, new InMemoryHarnessCd(), { mayDeploy: false });
  expect(await screen.findByText(/harness-cd\.deployment\.create/)).toBeInTheDocument();
  const button = screen.getByRole('button', { name: 'Deploy' });
  expect(button).toBeDisabled();
  expect(button).toHaveAccessibleDescription(/harness-cd\.deployment\.create/);
});
