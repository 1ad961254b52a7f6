import { render, screen } from '@testing-library/react';
import { app } from './App';

jest.setTimeout(60_000);

it('asks who is there', async () => {
  const data = {
    app: { title: 'Test', packages: { include: [] } },
    backend: { baseUrl: 'http://localhost:7007' },
    auth: { environment: 'test' },
  };
  // Assigned as a whole: a single variable of the environment would become text.
  process.env = { NODE_ENV: 'test', APP_CONFIG: [{ data, context: 'test' }] as any };

  render(app.createRoot());

  expect(await screen.findByText('Enter', {}, { timeout: 50_000 })).toBeInTheDocument();
});
