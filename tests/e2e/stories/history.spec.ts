import { expect, open, test } from '../src/test.js';

const TAB = '/catalog/default/component/payment-service/deployments';

test('the history goes on beyond fifty runs', async ({ portal, page }) => {
  await open(page, portal, TAB);
  const rows = page.getByRole('row').filter({ has: page.getByRole('button', { name: /Stages and steps/ }) });
  await expect(page.getByText(/^Page 1 of \d+ · \d+ runs$/).first()).toBeVisible();
  await page.screenshot({ path: test.info().outputPath('tab.png'), fullPage: true });
  const seen = [await rows.allTextContents()];
  for (const number of [2, 3]) {
    await page.getByRole('button', { name: 'Next table page' }).click();
    await expect(page.getByText(new RegExp(`^Page ${number} of`)).first()).toBeVisible();
    await expect(page).toHaveURL(new RegExp(`[?&]page=${number}`));
    await expect(rows.first()).not.toHaveText(seen[number - 2][0]);
    seen.push(await rows.allTextContents());
  }
  expect(seen.flat().length).toBeGreaterThan(50);
});

test('filters live in the address', async ({ portal, page }) => {
  await open(page, portal, TAB);
  await page
    .getByRole('button', { name: /^\S+ Status|Status/ })
    .first()
    .click();
  await page.getByRole('option', { name: 'Failed' }).click();
  await expect(page).toHaveURL(/status=failed/);
  const rows = page.getByRole('row').filter({ has: page.getByRole('button', { name: /Stages and steps/ }) });
  await expect(rows.first()).toBeVisible();
  const address = page.url();

  await page.goto(address);
  await expect(page.getByRole('button', { name: /Status/ }).first()).toContainText('Failed');
  await expect(rows.first()).toBeVisible();
});

test('a row opens its stages and steps', async ({ portal, page }) => {
  await open(page, portal, TAB);
  await page
    .getByRole('button', { name: /Stages and steps/ })
    .first()
    .click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('list', { name: 'Stages and steps' })).toBeVisible();
  await page.screenshot({ path: test.info().outputPath('details.png') });
});
