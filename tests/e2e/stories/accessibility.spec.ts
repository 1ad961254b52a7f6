import type { Locator } from '@playwright/test';
import { broken, card, expect, fillDialog, open, test } from '../src/test.js';

/** How much lighter or darker the ring around a field is than what is behind it, by WCAG. */
async function contrastOfRing(field: Locator): Promise<number> {
  return field.evaluate(element => {
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true })!;
    const luminance = (colour: string) => {
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
      const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data]
        .map(value => value / 255)
        .map(value => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = luminance(getComputedStyle(element.closest('.bui-DialogContent')!).backgroundColor);
    const ring = luminance(getComputedStyle(element).outlineColor);
    return (Math.max(ring, behind) + 0.05) / (Math.min(ring, behind) + 0.05);
  });
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
      await dialog.getByRole('combobox', { name: /version/ }).fill('latest');
      await dialog.getByRole('button', { name: 'Run the pipeline' }).click();
      await expect(dialog.getByRole('combobox', { name: /version/ })).toHaveAttribute('aria-invalid', 'true');
      await page.screenshot({ path: test.info().outputPath('inputs.png') });
      expect(await broken(page, '[role=dialog]')).toEqual([]);
    });

    test('the tab breaks no rule of axe', async ({ portal, page }) => {
      await open(page, portal, '/catalog/default/component/payment-service/deployments');
      await expect(page.getByRole('button', { name: /Stages and steps/ }).first()).toBeVisible();
      await page.screenshot({ path: test.info().outputPath('tab.png') });
      expect(await broken(page, '[role=region][aria-labelledby]')).toEqual([]);
    });

    test('what has the focus can be told from what has not', async ({ portal, page }) => {
      await open(page, portal, '/catalog/default/component/payment-service');
      await card(page).getByRole('button', { name: 'Deploy' }).click();
      const tag = page.getByRole('dialog').getByRole('combobox', { name: /Image tag/ });
      await expect(tag).toBeFocused();
      expect(await contrastOfRing(tag)).toBeGreaterThanOrEqual(3);
    });

    test('at 400 % the whole dialog scrolls, and its button can be reached', async ({ portal, page }) => {
      await page.setViewportSize({ width: 350, height: 225 });
      await open(page, portal, '/catalog/default/component/payment-service');
      await card(page).getByRole('button', { name: 'Deploy' }).click();
      await fillDialog(page, { tag: 'v1.0.0-'.padEnd(40, 'x'), environment: /int-stable/, region: 'euw1' });
      const submit = page.getByRole('dialog').getByRole('button', { name: /^Deploy v1/ });
      await submit.scrollIntoViewIfNeeded();
      await expect(submit).toBeInViewport({ ratio: 0.9 });
      await page.screenshot({ path: test.info().outputPath('enlarged.png') });
      const overhang = await submit.evaluate(button => button.scrollWidth - button.clientWidth);
      expect(overhang).toBeLessThanOrEqual(0);
    });

    test('the card comes before the others on a narrow screen', async ({ portal, page }) => {
      await page.setViewportSize({ width: 400, height: 844 });
      await open(page, portal, '/catalog/default/component/payment-service');
      const about = page.getByText('About', { exact: true });
      await expect(about).toBeAttached();
      await page.screenshot({ path: test.info().outputPath('overview.png') });
      const [ours, others] = await Promise.all([card(page).boundingBox(), about.boundingBox()]);
      expect(ours!.y).toBeLessThan(others!.y);
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
