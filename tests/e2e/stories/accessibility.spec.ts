import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { card, expect, fillDialog, open, test } from '../src/test.js';

/** The rules broken within a part of the page, each with the elements that break it. */
async function broken(page: Page, part: string) {
  const { violations } = await new AxeBuilder({ page }).include(part).analyze();
  return violations.map(({ id, nodes }) => ({ id, elements: nodes.map(node => node.html) }));
}

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`in the ${colorScheme} theme`, () => {
    test.use({ colorScheme });

    test('card and dialog break no rule of axe', async ({ portal, page }) => {
      await open(page, portal, '/catalog/default/component/payment-service');
      await expect(card(page).getByRole('listitem').first()).toBeVisible();
      await page.screenshot({ path: test.info().outputPath('card.png') });
      expect(await broken(page, '[role=region][aria-labelledby]')).toEqual([]);

      await card(page).getByRole('button', { name: 'Deploy' }).click();
      await fillDialog(page, { tag: 'latest', environment: /^prod/, region: 'euw1' });
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('button', { name: /Deploy latest/ }).click();
      await expect(dialog.getByRole('textbox', { name: /Change ticket/ })).toHaveAttribute('aria-invalid', 'true');
      await page.screenshot({ path: test.info().outputPath('dialog.png') });
      expect(await broken(page, '[role=dialog]')).toEqual([]);
    });

    test('the inputs of any pipeline break no rule of axe', async ({ portal, page }) => {
      await open(page, portal, '/catalog/default/component/storefront');
      await card(page).getByRole('button', { name: 'Deploy' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('textbox', { name: /version/ }).fill('latest');
      await dialog.getByRole('button', { name: 'Run the pipeline' }).click();
      await expect(dialog.getByRole('textbox', { name: /version/ })).toHaveAttribute('aria-invalid', 'true');
      await page.screenshot({ path: test.info().outputPath('inputs.png') });
      expect(await broken(page, '[role=dialog]')).toEqual([]);
    });

    test('the tab breaks no rule of axe', async ({ portal, page }) => {
      await open(page, portal, '/catalog/default/component/payment-service/deployments');
      await expect(page.getByRole('button', { name: /Stages and steps/ }).first()).toBeVisible();
      await page.screenshot({ path: test.info().outputPath('tab.png') });
      expect(await broken(page, '[role=region][aria-labelledby]')).toEqual([]);
    });

    test('a narrow screen does not scroll sideways', async ({ portal, page }) => {
      await page.setViewportSize({ width: 390, height: 844 });
      await open(page, portal, '/catalog/default/component/payment-service/deployments');
      await expect(page.getByRole('region', { name: 'Deployments' }).getByRole('listitem').first()).toBeVisible();
      await page.screenshot({ path: test.info().outputPath('narrow.png') });
      const overhang = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(overhang).toBeLessThanOrEqual(0);
    });
  });
}
