import type { Page } from '@playwright/test';
import { broken, expect, open, test } from '../src/test.js';

const PAGE = '[role=region][aria-label=Deployments]';

/** How far something reaches out of the page to the right, in pixels. */
const overhang = () => document.documentElement.scrollWidth - document.documentElement.clientWidth;

function rowsOf(page: Page) {
  return page.getByRole('list', { name: 'Deployments of all services, newest first' }).locator('> li');
}

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`in the ${colorScheme} theme`, () => {
    test.use({ colorScheme });

    test('what goes on, waits and failed of every service is on one page', async ({ portal, page }) => {
      await open(page, portal, '/deployments?period=ever');
      await expect(rowsOf(page).first()).toBeVisible();
      await page.screenshot({ path: test.info().outputPath('fleet.png') });
      expect(await broken(page, PAGE)).toEqual([]);
      await page.getByRole('radio', { name: /^Waiting \([1-9]/ }).click();
      await expect(page).toHaveURL(/shown=waiting/);
      await expect(rowsOf(page).first()).toContainText('Waiting');

      await page.getByRole('radio', { name: 'What runs where' }).click();
      await expect(page.getByRole('rowheader').first()).toBeVisible();
      await page.screenshot({ path: test.info().outputPath('matrix.png'), fullPage: true });
      expect(await broken(page, PAGE)).toEqual([]);
    });

    test('at 400 pixels all of it is there', async ({ portal, page }) => {
      await page.setViewportSize({ width: 400, height: 800 });
      await open(page, portal, '/deployments?period=ever');
      await expect(rowsOf(page).first()).toBeVisible();
      await page.screenshot({ path: test.info().outputPath('narrow.png') });
      expect(await page.evaluate(overhang)).toBeLessThanOrEqual(0);
      expect(await broken(page, PAGE)).toEqual([]);
    });
  });
}

test('filters live in the address, and a view is kept under its name', async ({ portal, page }) => {
  await open(page, portal, '/deployments?period=ever');
  await page.getByRole('button', { name: /System/ }).click();
  await page.getByRole('option', { name: 'Payments' }).click();
  await expect(page).toHaveURL(/system=system%3Adefault%2Fpayments/);
  await page.getByRole('button', { name: 'Saved views' }).click();
  await page.getByRole('menuitem', { name: 'Save this view …' }).click();
  await page.getByRole('textbox', { name: /Name of the view/ }).fill('Payments, ever');
  await page.getByRole('button', { name: 'Save', exact: true }).click();

  await page.goto(`${portal.url}/deployments`);
  await page.getByRole('button', { name: 'Saved views' }).click();
  await page.getByRole('menuitem', { name: 'Payments, ever' }).click();
  await expect(page).toHaveURL(/system=system.*period=ever/);
  // The first link is the entity; behind this one may be whoever started it.
  await rowsOf(page).first().getByRole('link').nth(1).click();
  await expect(page.getByRole('dialog')).toBeVisible();
});

test('the catalog tells what runs in production, and search finds it by its version', async ({ portal, page }) => {
  await open(page, portal, '/');
  const cell = page
    .getByRole('row', { name: /Payment service/ })
    .getByText(/^v\d/)
    .first();
  const version = (await cell.textContent()) ?? '';
  await page.screenshot({ path: test.info().outputPath('catalog.png'), fullPage: true });
  // The index is made ten seconds after the start.
  await expect(async () => {
    await page.goto(`${portal.url}/search?query=${version}`);
    await expect(page.getByText(`payment-service: `)).toBeVisible({ timeout: 5_000 });
  }).toPass({ timeout: 60_000 });
  await page.screenshot({ path: test.info().outputPath('search.png') });
});
