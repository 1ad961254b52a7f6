import { card, expect, fillDialog, open, test } from '../src/test.js';

test('deploying from the card is seen at once and ends well', async ({ portal, page }) => {
  await open(page, portal, '/catalog/default/component/payment-service');
  const rows = card(page).getByRole('listitem');
  await expect(rows.first()).toBeVisible();
  await page.screenshot({ path: test.info().outputPath('card.png') });

  await card(page).getByRole('button', { name: 'Deploy' }).click();
  await fillDialog(page, { tag: 'v2.3.1', environment: /int-stable/, region: 'euw1' });
  await portal.linger();
  const dialog = page.getByRole('dialog');
  await page.screenshot({ path: test.info().outputPath('dialog.png') });
  await dialog.getByRole('button', { name: 'Deploy v2.3.1 to int-stable/euw1' }).click();

  // The same pane follows the run, without a click.
  await expect(dialog.getByText('Running').first()).toBeVisible();
  await page.screenshot({ path: test.info().outputPath('progress.png') });
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  const row = rows.filter({ hasText: 'v2.3.1 · int-stable/euw1' }).first();
  await expect(row.getByText('Running').first()).toBeVisible();
  await page.screenshot({ path: test.info().outputPath('running.png') });
  await portal.hurry();
  await expect(row.getByText('Succeeded').first()).toBeVisible({ timeout: 90_000 });
});

test('the template deploys, and its run is in the history', async ({ portal, page }) => {
  await open(page, portal, '/create/templates/default/deploy-to-environment');
  await page.getByRole('textbox', { name: /Service/ }).fill('payment');
  await page.getByRole('option', { name: /payment/i }).click();
  await page.getByRole('textbox', { name: /Image tag/ }).fill('v2.9.7');
  await page.getByRole('button', { name: 'Next' }).click();
  await expect(page.getByText('Region')).toBeVisible();
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByRole('button', { name: 'Review' }).click();
  await page.getByRole('button', { name: 'Deploy', exact: true }).click();
  await expect(page.getByRole('link', { name: 'Execution in Harness' })).toBeVisible({ timeout: 60_000 });

  const run = await page.getByRole('link', { name: 'Deployment in the portal' }).getAttribute('href');
  expect(run).toMatch(/\/catalog\/default\/component\/payment-service\/deployments\?execution=/);
  await page.goto(`${portal.url}/catalog/default/component/payment-service/deployments`);
  await expect(page.getByRole('row').filter({ hasText: 'v2.9.7' }).first()).toBeVisible();
});
