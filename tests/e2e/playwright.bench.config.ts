import config from './playwright.config.js';

/** What is measured in a browser: `cargo xtask bench` runs it. */
export default {
  ...config,
  testDir: './bench',
  retries: 0,
  use: { ...config.use, trace: 'off' as const },
  reporter: [['line' as const]],
};
