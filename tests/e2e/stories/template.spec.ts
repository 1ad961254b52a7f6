import { expect, open, test } from '../src/test.js';

test('a template goes on only with inputs that the pipeline takes', async ({ portal, page }) => {
  await open(page, portal, '/create/templates/default/run-pipeline');
  await page.getByRole('textbox', { name: /Component/ }).fill('storefront');
  await page.getByRole('option', { name: /storefront/i }).click();
  await page.getByRole('button', { name: 'Next' }).click();
  const version = page.getByRole('combobox', { name: /version/ });
  await expect(version).toBeVisible();
  const next = page.getByRole('button', { name: 'Review' });
  await next.click();
  await expect(version).toHaveAccessibleDescription(/Fill this in/);
  await version.fill('latest');
  await next.click();
  await expect(version).toHaveAccessibleDescription(/is not what version asks for/);
  await expect(page.getByRole('button', { name: 'Run', exact: true })).toHaveCount(0);
  await page.screenshot({ path: test.info().outputPath('refused.png'), fullPage: true });

  await version.fill('v4.1.0');
  await next.click();
  await expect(page.getByRole('button', { name: 'Run', exact: true })).toBeVisible();
});
