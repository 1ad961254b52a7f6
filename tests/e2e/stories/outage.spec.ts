import { card, expect, fillDialog, open, test } from '../src/test.js';

test.use({ portalName: 'outage' });

test('when Harness goes away in the middle of a run, the last known rows stay', async ({ portal, page }) => {
  await open(page, portal, '/catalog/default/component/payment-service');
  await card(page).getByRole('button', { name: 'Deploy' }).click();
  await fillDialog(page, { tag: 'v2.3.1', environment: /int-stable/, region: 'euw1' });
  await portal.linger();
  await page.getByRole('button', { name: 'Deploy v2.3.1 to int-stable/euw1' }).click();
  await expect(page.getByRole('dialog').getByText('Running').first()).toBeVisible();
  await page.keyboard.press('Escape');
  const row = card(page).getByRole('listitem').filter({ hasText: 'v2.3.1 · int-stable/euw1' }).first();
  await expect(row).toBeVisible();

  await portal.simulator.end('SIGKILL');
  await expect(card(page).getByText(/last known deployments/)).toBeVisible({ timeout: 60_000 });
  await expect(card(page).getByText(/it has been so since/)).toBeVisible();
  await expect(row).toBeVisible();
  await page.screenshot({ path: test.info().outputPath('stale.png'), fullPage: true });

  // Nobody waits for reads and their repetitions.
  await page.reload();
  await expect(row).toBeVisible();
  await expect(card(page).getByText(/last known deployments/)).toBeVisible();
});
