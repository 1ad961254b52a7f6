import { card, expect, open, test } from '../src/test.js';

test.use({ portalName: 'first-outage', isHarnessGone: true });

test('where Harness was never reached, nothing is shown as the last known', async ({ portal, page }) => {
  await open(page, portal, '/catalog/default/component/payment-service');
  await expect(card(page).getByText('Harness cannot be reached', { exact: true })).toBeVisible({ timeout: 60_000 });
  await expect(card(page).getByText(/last known|as of|Never deployed/i)).toHaveCount(0);
  await expect(card(page).getByRole('button', { name: 'Try again' })).toBeVisible();
  await page.screenshot({ path: test.info().outputPath('nothing-known.png') });
});
