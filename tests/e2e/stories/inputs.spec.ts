import { card, expect, open, test } from '../src/test.js';

test('a pipeline that is in no config repo is run with what it asks for', async ({ portal, page }) => {
  await open(page, portal, '/catalog/default/component/storefront');
  await card(page).getByRole('button', { name: 'Deploy' }).click();
  const dialog = page.getByRole('dialog');

  // Its own inputs, filled with their defaults, and nothing of environments and regions.
  const version = dialog.getByRole('combobox', { name: /version/ });
  await expect(version).toBeVisible();
  await expect(dialog.getByRole('button', { name: /market/ })).toHaveText(/europe/);
  await expect(dialog.getByRole('textbox', { name: /replicas/ })).toHaveValue('3');
  await expect(dialog.getByRole('button', { name: /smokeTests/ })).toHaveText(/login/);
  await expect(dialog.getByRole('switch', { name: /maintenancePage/ })).not.toBeChecked();
  await expect(dialog.getByRole('combobox', { name: /Image tag/ })).toHaveCount(0);

  // A wrong value gets its reason beside it, before anything is sent.
  await version.fill('latest');
  await dialog.getByRole('textbox', { name: /replicas/ }).fill('many');
  await page.keyboard.press('Tab');
  await expect(dialog.getByText(/“latest” is not what version asks for/)).toBeVisible();
  await expect(dialog.getByText(/replicas takes a number/)).toBeVisible();
  await page.screenshot({ path: test.info().outputPath('reasons.png') });

  await version.fill('v4.1.0');
  await dialog.getByRole('textbox', { name: /replicas/ }).fill('5');
  await dialog.getByRole('button', { name: /market/ }).click();
  await expect(page.getByRole('option')).toHaveText(['europe', 'america', 'asia']);
  await page.getByRole('option', { name: 'asia' }).click();
  await expect(dialog.getByText(/does not match/)).toHaveCount(0);
  await page.screenshot({ path: test.info().outputPath('filled.png') });

  await portal.linger();
  await dialog.getByRole('button', { name: 'Run the pipeline' }).click();
  await expect(dialog.getByText('Running').first()).toBeVisible();
  await expect(dialog.getByText('Roll out', { exact: true })).toBeVisible();
  await portal.hurry();
  await expect(dialog.getByText('Smoke tests', { exact: true })).toBeVisible();
  await expect(dialog.getByText('Succeeded').first()).toBeVisible({ timeout: 90_000 });
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  // Harness lists a run late; the card asks again by itself.
  const row = card(page).getByRole('listitem').first();
  await expect(row.getByText('Succeeded').first()).toBeVisible({ timeout: 60_000 });
});
