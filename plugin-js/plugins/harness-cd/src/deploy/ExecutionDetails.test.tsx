import { screen } from '@testing-library/react';
import { askingBackend } from '../__testUtils__/askingBackend';
import { renderOnEntityPage } from '../__testUtils__/renderOnEntityPage';
import { ExecutionDetails } from './ExecutionDetails';

it('asks nobody who may not start it', async () => {
  renderOnEntityPage(<ExecutionDetails executionId="execution-1" />, askingBackend(), { mayDeploy: false });
  expect(await screen.findByText(/You lack the permission harness-cd.deployment.create/)).toBeInTheDocument();
  expect(screen.queryByRole('textbox')).not.toBeInTheDocument();
});
