import { broken, card, expect, open, test } from '../src/test.js';

const PAGE = '/catalog/default/component/payment-service';
const TAB = `${PAGE}/deployments`;

/** How far something reaches out of the page to the right, in pixels. */
const overhang = () => document.documentElement.scrollWidth - document.documentElement.clientWidth;

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`in the ${colorScheme} theme`, () => {
    test.use({ colorScheme });

    test('the tab begins with what runs where and how well delivery goes', async ({ portal, page }) => {
      await open(page, portal, TAB);
      const matrix = page.getByRole('table', { name: 'What of payment-service runs where' });
      await expect(matrix.getByRole('columnheader')).toHaveText(['Environment', 'euw1', 'euw2']);
      await expect(matrix.getByRole('rowheader').filter({ hasText: 'production' })).toHaveCount(1);

      await expect(page.getByText('Change failure rate')).toBeVisible();
      await expect(page.locator('.ct-bar')).not.toHaveCount(0);
      await page.getByText('As a table').click();
      await expect(page.getByRole('table', { name: 'Deployments to production by week' })).toBeVisible();
      await page.screenshot({ path: test.info().outputPath('reports.png'), fullPage: true });
      expect(await broken(page, '[role=region][aria-labelledby]')).toEqual([]);
    });

    test('the card has what runs where in few words', async ({ portal, page }) => {
      await open(page, portal, PAGE);
      await expect(card(page).getByRole('table')).toBeVisible();
      await expect(card(page).getByRole('listitem').first()).toBeVisible();
      await page.screenshot({ path: test.info().outputPath('card.png'), fullPage: true });
      expect(await broken(page, '[role=region][aria-labelledby]')).toEqual([]);
    });

    test('at 400 pixels all of it is there, one place below the other', async ({ portal, page }) => {
      await page.setViewportSize({ width: 400, height: 800 });
      await open(page, portal, TAB);
      const matrix = page.getByRole('table', { name: 'What of payment-service runs where' });
      await expect(matrix.getByRole('cell').first()).toBeVisible();
      await expect(page.locator('.ct-bar')).not.toHaveCount(0);
      await page.screenshot({ path: test.info().outputPath('narrow.png'), fullPage: true });
      expect(await matrix.evaluate(table => table.scrollWidth - table.clientWidth)).toBeLessThanOrEqual(0);
      expect(await page.evaluate(overhang)).toBeLessThanOrEqual(0);
      expect(await broken(page, '[role=region][aria-labelledby]')).toEqual([]);
    });
  });
}

test('one looks back to an instant of the address, and for a version', async ({ portal, page }) => {
  const then = new Date(Date.now() - 20 * 24 * 3_600_000).toISOString();
  await open(page, portal, `${TAB}?view=past&at=${then}`);
  const ran = page.getByRole('list', { name: /^What ran at / });
  await expect(ran.getByRole('listitem').first()).toContainText('since');
  const version = (await ran.getByRole('link').first().textContent()) ?? '';
  await page.getByRole('searchbox', { name: 'Version' }).fill(version);
  const stops = page.getByRole('list', { name: `Where ${version} has been` });
  await expect(stops.getByRole('listitem').first()).toContainText('Succeeded');
  await expect(page).toHaveURL(new RegExp(`version=${version}`));
  for (const width of [1400, 400]) {
    await page.setViewportSize({ width, height: 900 });
    await page.screenshot({ path: test.info().outputPath(`past-${width}.png`), fullPage: true });
    expect(await page.evaluate(overhang)).toBeLessThanOrEqual(0);
    expect(await broken(page, '[role=region][aria-labelledby]')).toEqual([]);
  }
});

test('a version leads to the details of its run, by keyboard as well', async ({ portal, page }) => {
  await open(page, portal, TAB);
  const matrix = page.getByRole('table', { name: 'What of payment-service runs where' });
  const version = matrix.getByRole('cell').first().getByRole('link').first();
  const tag = (await version.textContent()) ?? '';
  await version.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toContainText(tag);
});

test('the history is told as stories, filtered by the address, and saved as a file', async ({ portal, page }) => {
  await open(page, portal, `${TAB}?environment=prod`);
  await page.getByRole('radio', { name: 'Stories' }).click();
  await expect(page).toHaveURL(/view=stories/);
  const stories = page.getByRole('list', { name: 'What happened, newest first' }).locator('> li');
  await expect(stories.first()).toContainText('prod');
  await page.screenshot({ path: test.info().outputPath('stories.png'), fullPage: true });
  expect(await broken(page, '[role=region][aria-labelledby]')).toEqual([]);

  const file = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export CSV' }).click();
  const download = await file;
  expect(download.suggestedFilename()).toBe('payment-service-deployments.csv');
  await stories.first().getByRole('link').click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await expect(page).toHaveURL(/view=stories/);
});
