import { existsSync } from 'node:fs';
import { defineConfig } from '@playwright/test';

// Playwright's own browser where it is installed; otherwise the one that is named or comes with the system.
const executablePath = [process.env.HARNESS_CD_E2E_CHROMIUM, '/usr/bin/chromium'].find(path => path && existsSync(path));

export default defineConfig({
  testDir: './stories',
  outputDir: './test-results',
  // The stories of one file share a portal; every portal has its own simulator, so files do not see each other.
  fullyParallel: false,
  workers: process.env.CI ? 2 : 1,
  // A busy machine may be late once; what fails again is broken, and what did not is reported as flaky.
  retries: process.env.CI ? 2 : 0,
  timeout: 120_000,
  expect: { timeout: 20_000 },
  forbidOnly: Boolean(process.env.CI),
  reporter: [['list'], ['html', { open: 'never' }]],
  use: {
    viewport: { width: 1400, height: 900 },
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    screenshot: 'only-on-failure',
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});
