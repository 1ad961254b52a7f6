import { componentOf } from '../src/entities.js';
import { broken, expect, open, test } from '../src/test.js';

const TAB = '/catalog/default/component/payment-service/deployments';

// A service whose pipeline deploys nothing.
test.use({ portalName: 'history', catalog: { entities: [componentOf('builder', 'shop_build')] } });

/** A pipeline that builds and deploys nothing. */
const BUILD = `
pipeline:
  name: Shop build
  identifier: shop_build
  orgIdentifier: default
  projectIdentifier: platform
  tags: { service: builder }
  stages:
    - stage:
        name: Build
        identifier: build
        type: Custom
        spec: { execution: { steps: [{ step: { type: Wait, name: Wait, identifier: wait, spec: { duration: 1s } } }] } }
`;

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

test('details and filters are steps of the browser: Back undoes them, and a reload keeps them', async ({
  portal,
  page,
}) => {
  await open(page, portal, TAB);
  const details = page.getByRole('button', { name: /Stages and steps/ }).first();
  await expect(details).toBeVisible();
  await page
    .getByRole('button', { name: /Status/ })
    .first()
    .click();
  await page.getByRole('option', { name: 'Failed' }).click();
  await expect(page).toHaveURL(/status=failed/);
  await expect(page.getByRole('rowheader').filter({ hasText: 'Succeeded' })).toHaveCount(0);

  await page.getByRole('grid').getByRole('row').nth(1).click();
  await expect(page).toHaveURL(/execution=/);
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('list', { name: 'Stages and steps' })).toBeVisible();
  await page.reload();
  await expect(dialog.getByRole('list', { name: 'Stages and steps' })).toBeVisible();

  await page.goBack();
  await expect(dialog).toBeHidden();
  await expect(page).toHaveURL(/status=failed$/);
  await page.goBack();
  await expect(page).not.toHaveURL(/status/);
  await expect(page.getByRole('heading', { name: 'Deployments' })).toBeVisible();
});

test('every row that is called Running is found by that filter, and nothing that waits', async ({ portal, page }) => {
  await open(page, portal, TAB);
  const statuses = page.getByRole('rowheader');
  await expect(statuses.first()).toBeVisible();
  const running = await statuses.filter({ hasText: /^(Running|Queued|Not started)/ }).count();
  expect(running).toBeGreaterThan(0);
  await page
    .getByRole('button', { name: /Status/ })
    .first()
    .click();
  await page.getByRole('option', { name: 'Running' }).click();
  await expect(statuses.filter({ hasText: 'Succeeded' })).toHaveCount(0);
  expect(await statuses.filter({ hasText: /^(Running|Queued|Not started)/ }).count()).toBeGreaterThanOrEqual(running);
  await expect(statuses.filter({ hasText: /Waiting/ })).toHaveCount(0);
});

test('an icon of a row says what it does, and a page beyond the last is the last', async ({ portal, page }) => {
  await open(page, portal, `${TAB}?page=99`);
  await expect(page.getByText(/^Page (\d+) of \1 · /).first()).toBeVisible();
  await page
    .getByRole('button', { name: /Stages and steps/ })
    .first()
    .hover();
  await expect(page.getByRole('tooltip')).toHaveText('Stages and steps');
});

test('a run that Harness does not know is said to be none', async ({ portal, page }) => {
  await open(page, portal, `${TAB}?execution=nowhere`);
  await expect(page.getByRole('dialog').getByText('Harness does not know this run')).toBeVisible();
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

test('pages of builds that deployed nothing are leafed through, shown and linked to', async ({ portal, page }) => {
  await portal.createPipeline(BUILD);
  for (let run = 0; run < 30; run++) await portal.run('shop_build');
  await portal.hurry();
  await open(page, portal, '/catalog/default/component/builder/deployments');
  await expect(page.getByText('The runs of this page went through and deployed nothing.')).toBeVisible();
  await expect(page.getByText('25 runs here deployed nothing.')).toBeVisible();
  await expect(page.getByText(/Never deployed/)).toHaveCount(0);
  await expect(page.getByRole('alert')).toHaveCount(0);
  await page.getByRole('button', { name: 'Next table page' }).click();
  await expect(page.getByText('5 runs here deployed nothing.')).toBeVisible();

  await page.getByText('Show runs that deployed nothing').click();
  await expect(page).toHaveURL(/page=2&runs=all/);
  const rows = page.getByRole('row').filter({ has: page.getByRole('button', { name: /Stages and steps/ }) });
  await expect(rows).toHaveCount(5);
  await expect(rows.first()).toContainText('Run #5');
  await expect(rows.first()).toContainText('Succeeded');
  await expect(rows.first().getByRole('link', { name: /Harness/ })).toHaveAttribute('href', /executions|deployments/);
  await page.getByRole('button', { name: 'Previous table page' }).click();
  await expect(rows).toHaveCount(25);
  expect(await broken(page, '[role=region]')).toEqual([]);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: test.info().outputPath(`builds-${colorScheme}.png`), fullPage: true });
  }
  await page.reload();
  await expect(rows).toHaveCount(25);
});

test('a text and a region are found, and it is said how far was looked', async ({ portal, page }) => {
  await open(page, portal, TAB);
  const rows = page.getByRole('row').filter({ has: page.getByRole('button', { name: /Stages and steps/ }) });
  await expect(rows.first()).toBeVisible();
  await page.getByRole('searchbox', { name: 'Find' }).fill('prod euw1');
  await expect(page).toHaveURL(/text=prod\+euw1/);
  await expect(page.getByText(/^Looked through runs 1 to (\d+) of \1\.$/)).toBeVisible();
  await expect(rows.filter({ hasText: 'int-stable' })).toHaveCount(0);
  await expect(rows.first()).toContainText('prod');
  await page
    .getByRole('button', { name: /Region/ })
    .first()
    .click();
  await page.getByRole('option', { name: 'euw2' }).click();
  await expect(page.getByText('No deployment matches these filters.')).toBeVisible();
  expect(await broken(page, '[role=region]')).toEqual([]);
  await page.reload();
  await expect(page.getByRole('searchbox', { name: 'Find' })).toHaveValue('prod euw1');
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await expect(rows.first()).toBeVisible();
  await expect(page).not.toHaveURL(/text|region/);
});

for (const width of [1280, 1440]) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test.describe(`at ${width} px in the ${colorScheme} theme`, () => {
      test.use({ colorScheme, viewport: { width, height: 900 } });

      test('no column of the history is cut', async ({ portal, page }) => {
        await open(page, portal, TAB);
        const actions = page.getByRole('button', { name: /Stages and steps/ });
        await expect(actions.first()).toBeVisible();
        await page.screenshot({ path: test.info().outputPath('columns.png') });
        const overhang = await page.getByRole('grid').evaluate(grid => {
          const frame = grid.closest('[role=region]');
          const ends = [...grid.querySelectorAll('th, td')].map(cell => cell.getBoundingClientRect().right);
          return Math.max(...ends) - (frame?.getBoundingClientRect().right ?? 0);
        });
        expect(overhang).toBeLessThanOrEqual(0);
        const scrolled = await page.getByRole('grid').evaluate(grid => {
          const around = grid.parentElement;
          return around ? around.scrollWidth - around.clientWidth : 0;
        });
        expect(scrolled).toBeLessThanOrEqual(0);
      });
    });
  }
}
