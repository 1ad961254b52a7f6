import { render, screen } from '@testing-library/react';
import { app } from './App';

it('asks who is there', async () => {
  process.env.APP_CONFIG = [
    {
      data: {
        app: { title: 'Test', packages: { include: [] } },
        backend: { baseUrl: 'http://localhost:7007' },
        auth: { environment: 'test' },
      },
      context: 'test',
    },
  ] as any;

  render(app.createRoot());

  expect(
    await screen.findByText('Select a sign-in method', {}, { timeout: 20_000 }),
  ).toBeInTheDocument();
});
