import { card, expect, open, test } from '../src/test.js';

test('deploying with the keyboard alone', async ({ portal, page }) => {
  await open(page, portal, '/catalog/default/component/payment-service');
  await portal.linger();
  const button = card(page).getByRole('button', { name: 'Deploy' });
  await expect(button).toBeEnabled();
  await button.focus();
  await page.keyboard.press('Enter');

  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('combobox', { name: /Image tag/ })).toBeFocused();
  await page.keyboard.type('v2.8.8');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('option', { name: /int-stable/ })).toBeVisible();
  await page.keyboard.type('int');
  await page.keyboard.press('Enter');
  await expect(dialog.getByRole('button', { name: /Environment/ })).toBeFocused();
  await page.keyboard.press('Tab');
  const region = dialog.getByRole('button', { name: /Region/ });
  await expect(region).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('option', { name: 'euw1' })).toBeVisible();
  await page.keyboard.type('euw1');
  await page.keyboard.press('Enter');
  await expect(region).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(dialog.getByRole('button', { name: 'Deploy v2.8.8 to int-stable/euw1' })).toBeFocused();
  await page.keyboard.press('Enter');

  await expect(dialog.getByText('Running').first()).toBeVisible();
  await portal.hurry();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(button).toBeFocused();
});
