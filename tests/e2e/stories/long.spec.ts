import type { Page } from '@playwright/test';
import { addToRecord } from '../src/record.js';
import { broken, expect, open, test } from '../src/test.js';

const TAB = '/catalog/default/component/payment-service/deployments';
const RUNS = 10_000;
/** So many rows are on the page at most, however long the list is: those in sight, and some beyond. */
const ON_PAGE = 60;

test.use({ portalName: 'of ten thousand runs' });
test.setTimeout(600_000);

function listOf(page: Page) {
  return page.getByRole('list', { name: 'What happened, newest first' });
}

/** Of the whole list: where the last row on the page stands in it, and how long the list is; -1 before its end is known. */
async function standing(page: Page): Promise<{ last: number; size: number }> {
  const row = page.locator('li[aria-posinset]').last();
  return {
    last: Number(await row.getAttribute('aria-posinset')),
    size: Number(await row.getAttribute('aria-setsize')),
  };
}

/** Scrolls down, as far as there is something, until the list ends. */
async function scrollToEnd(page: Page): Promise<number> {
  const list = listOf(page);
  for (;;) {
    const { last, size } = await standing(page);
    if (size === last) return size;
    await list.evaluate(element => element.scrollIntoView({ block: 'end' }));
    await page.waitForTimeout(100);
  }
}

test.beforeAll(async ({ portal }) => {
  // The record is read from the beginning on, whether somebody looks or not.
  await expect(async () => addToRecord(portal.database, 'payment_service_cd', RUNS)).toPass();
});

test('ten thousand runs are scrolled through, and only those in sight are on the page', async ({ portal, page }) => {
  await open(page, portal, TAB);
  await page.getByRole('radio', { name: 'Stories' }).click();
  await expect(listOf(page).locator('> li').first()).toBeVisible();
  expect(await standing(page)).toMatchObject({ size: -1 });

  expect(await scrollToEnd(page)).toBeGreaterThanOrEqual(RUNS);
  // The last row is on the page before it is in sight.
  await expect(async () => {
    await listOf(page).evaluate(element => element.scrollIntoView({ block: 'end' }));
    await expect(page.locator('li[aria-posinset]').last()).toBeInViewport({ timeout: 1_000 });
  }).toPass({ timeout: 20_000 });
  expect(await page.locator('li[aria-posinset]').count()).toBeLessThanOrEqual(ON_PAGE);
  await page.screenshot({ path: test.info().outputPath('end.png') });
  expect(await broken(page, '[role=region][aria-labelledby]')).toEqual([]);

  // What was read does not move under the eyes; the way to what is newer is there.
  await page.getByRole('button', { name: 'Show the newest' }).click();
  await expect(page.locator('li[aria-posinset="1"]')).toBeVisible();
});

test('by keyboard each row is reached from the one before it, also beyond those on the page', async ({
  portal,
  page,
}) => {
  await open(page, portal, `${TAB}?view=stories`);
  await listOf(page).locator('> li').first().getByRole('link').first().focus();
  const reached: number[] = [];
  for (let step = 0; step < 100; step += 1) {
    await page.keyboard.press('Tab');
    const row = await page.evaluate(() => document.activeElement?.closest('li[aria-posinset]')?.ariaPosInSet);
    if (row && Number(row) !== reached.at(-1)) reached.push(Number(row));
  }
  expect(reached.length).toBeGreaterThan(30);
  expect(reached).toEqual(reached.map((_, index) => index + reached[0]!));
});
