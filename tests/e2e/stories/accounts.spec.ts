import { expect, test as base } from '@playwright/test';
import { broken, card, open } from '../src/test.js';
import { TwoAccounts } from '../src/twoAccounts.js';

const test = base.extend<object, { portal: TwoAccounts }>({
  portal: [
    async ({}, use) => {
      const portal = await TwoAccounts.start();
      await use(portal);
      await portal.stop();
    },
    { scope: 'worker', timeout: 240_000 },
  ],
});

const picture = (name: string) => test.info().outputPath(`${name}.png`);

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`two accounts, four projects and no config repo, in the ${colorScheme} theme`, () => {
    test.use({ colorScheme });

    test('a card of three pipelines, and a choice among them that the address keeps', async ({ portal, page }) => {
      await open(page, portal, '/catalog/default/component/payment-service');
      const rows = card(page).getByRole('listitem');
      await expect(rows.first()).toBeVisible({ timeout: 60_000 });
      await expect(rows.getByText(/^(staging|staging shops|live)$/).first()).toBeVisible();
      await page.screenshot({ path: picture('card-of-all') });
      expect(await broken(page, '[role=region][aria-labelledby]')).toEqual([]);

      await card(page)
        .getByRole('button', { name: /Pipeline/ })
        .click();
      await page.getByRole('option', { name: 'live' }).click();
      await expect(page).toHaveURL(/[?&]pipeline=live/);
      await expect(card(page).getByRole('button', { name: 'Deploy' })).toBeVisible();
      await page.screenshot({ path: picture('card-of-one') });

      await card(page)
        .getByRole('link', { name: /All deployments/ })
        .click();
      await expect(page).toHaveURL(/deployments\?pipeline=live/);
      const tab = page.getByRole('region', { name: 'Deployments' });
      await expect(tab.getByRole('link', { name: /Open the run/ }).first()).toHaveAttribute(
        'href',
        /account\/live-account\//,
      );
      await page.screenshot({ path: picture('tab') });
      expect(await broken(page, '[role=region][aria-labelledby]')).toEqual([]);
      await page.reload();
      await expect(tab.getByRole('button', { name: /Pipeline/ })).toHaveText(/live/);
    });

    test('a service by its annotation, one that names none, and one out of reach', async ({ portal, page }) => {
      await open(page, portal, '/catalog/default/component/order-service/deployments');
      await expect(page.getByRole('grid').getByRole('row').nth(1)).toBeVisible({ timeout: 60_000 });
      await page.screenshot({ path: picture('by-service') });

      await page.goto(`${portal.url}/catalog/default/component/ledger-service/deployments`);
      await expect(
        page.getByText('ledger-service-cd in default/shops of the account live-account').first(),
      ).toBeVisible();
      await expect(page.getByText(/account\/live-account\/.*\/pipelines\/ledger_service_cd/).first()).toBeVisible();
      await page.screenshot({ path: picture('offers') });
      expect(await broken(page, '[role=region][aria-labelledby]')).toEqual([]);

      await page.goto(`${portal.url}/catalog/default/component/out-of-reach/deployments`);
      await expect(page.getByText(/harnessCd\.accounts\[1\]\.projects/).first()).toBeVisible();
      await page.screenshot({ path: picture('out-of-reach') });
      expect(await broken(page, '[role=region][aria-labelledby]')).toEqual([]);
    });
  });
}

test('a run is started in the account of the chosen pipeline, while the other account is away', async ({
  portal,
  page,
}) => {
  const seen: Promise<string>[] = [];
  page.on('response', response => seen.push(response.text().catch(() => '')));
  await portal.staging.end('SIGKILL');
  await open(page, portal, '/catalog/default/component/payment-service');
  await expect(card(page).getByText('Harness cannot be reached').first()).toBeVisible({ timeout: 60_000 });
  await expect(card(page).getByRole('listitem').getByText('live', { exact: true }).first()).toBeVisible();
  await page.screenshot({ path: picture('one-account-away') });
  await page.goto(`${portal.url}/catalog/default/component/payment-service?pipeline=live`);
  await card(page).getByRole('button', { name: 'Deploy' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('combobox', { name: /imageTag/ }).fill('v2.3.1');
  await page.keyboard.press('Tab');
  await page.screenshot({ path: picture('dialog') });
  await dialog.getByRole('button', { name: 'Run the pipeline' }).click();
  await expect.poll(() => portal.runsInLive()).toBe(1);
  const texts = await Promise.all(seen);
  for (const key of portal.apiKeys) expect(texts.some(text => text.includes(key))).toBe(false);
});
