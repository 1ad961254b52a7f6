import { setTimeout as wait } from 'node:timers/promises';
import type { Locator, Page } from '@playwright/test';
import { card, expect, fillDialog, open, test } from '../src/test.js';

const COMPONENT = '/catalog/default/component/payment-service';
const STARTS = /\/deployments$/;

/** Counts the starts that the page asks for. */
function countStarts(page: Page): string[] {
  const keys: string[] = [];
  page.on('request', request => {
    if (request.method() === 'POST' && STARTS.test(new URL(request.url()).pathname)) {
      keys.push(request.headers()['idempotency-key']);
    }
  });
  return keys;
}

async function fill(page: Page, tag: string) {
  await card(page).getByRole('button', { name: 'Deploy' }).click();
  await fillDialog(page, { tag, environment: /int-stable/, region: 'euw1' });
  return page.getByRole('dialog');
}

test('a start outlives its dialog and the page, and is made once', async ({ portal, page }) => {
  await open(page, portal, COMPONENT);
  await portal.linger();
  const keys = countStarts(page);
  await page.route(STARTS, async route => {
    await new Promise(resolve => setTimeout(resolve, route.request().method() === 'POST' ? 3_000 : 0));
    await route.continue();
  });
  const dialog = await fill(page, 'v3.0.0');
  await dialog.getByRole('button', { name: 'Deploy v3.0.0 to int-stable/euw1' }).click();
  await page.keyboard.press('Escape');
  await expect(card(page).getByText(/Starting…|Asking/)).toBeVisible();

  await card(page).getByRole('button', { name: 'Deploy' }).click();
  await expect(dialog.getByRole('textbox')).toHaveCount(0);
  await expect(dialog.getByText('The whole run')).toBeVisible({ timeout: 60_000 });
  await page.reload();
  await card(page).getByRole('button', { name: 'Deploy' }).click();
  await expect(dialog.getByText('The whole run')).toBeVisible();
  expect(keys).toHaveLength(1);
  await portal.hurry();
});

/**
 * Clicks twice on the same spot, as slowly as a hand may, which waits for no page: on a busy machine the page would take
 * its time to answer to the first half.
 */
async function clickTwice(page: Page, button: Locator, apartMs: number) {
  await button.hover();
  const first = [page.mouse.down(), page.mouse.up()];
  await wait(apartMs);
  await Promise.all([...first, page.mouse.down({ clickCount: 2 }), page.mouse.up({ clickCount: 2 })]);
}

const UNKNOWN = {
  kind: 'unknown',
  failure: { code: 'OUTCOME_UNKNOWN', message: 'No run has 6f9619ff-8b86.', hint: 'Look.', since: Date.now() },
  url: 'https://app.harness.io/ng/executions',
};
const UNAVAILABLE = {
  error: { name: 'ServiceUnavailableError', code: 'UNAVAILABLE', message: 'No.', hint: 'Wait.' },
  response: { statusCode: 503 },
};

for (const [colorScheme, apartMs] of [
  ['light', 60],
  ['light', 200],
  ['dark', 350],
] as const) {
  test.describe(`a double click whose halves are ${apartMs} ms apart, in the ${colorScheme} theme`, () => {
    test.use({ colorScheme });

    test('starts once, and leaves the dialog open, whatever comes of it', async ({ portal, page }) => {
      await open(page, portal, COMPONENT);
      await portal.linger();
      const keys = countStarts(page);
      await card(page).getByRole('button', { name: 'Deploy' }).click();
      const tag = `v4.0.${apartMs}`;
      await fillDialog(page, { tag, environment: /int-stable/, region: 'euw1' });
      const dialog = page.getByRole('dialog');
      const submit = dialog.getByRole('button', { name: `Deploy ${tag} to int-stable/euw1` });

      // Answered at once, each by another content of the dialog.
      for (const answer of [
        { status: 503, json: UNAVAILABLE },
        { status: 202, json: UNKNOWN },
      ]) {
        const before = keys.length;
        await page.route(STARTS, route =>
          route.request().method() === 'POST' ? route.fulfill(answer) : route.continue(),
        );
        await clickTwice(page, submit, apartMs);
        await expect(dialog.getByText(/was not started|not known whether/).first()).toBeVisible();
        await page.waitForTimeout(500);
        await expect(dialog).toBeVisible();
        expect(keys).toHaveLength(before + 1);
        await page.unroute(STARTS);
      }
      await dialog.getByRole('button', { name: 'Back to the form' }).click();

      await clickTwice(page, submit, apartMs);
      await page.screenshot({ path: test.info().outputPath('held.png') });
      await expect(dialog.getByText('The whole run')).toBeVisible({ timeout: 60_000 });
      await expect(dialog).toBeVisible();
      expect(keys).toHaveLength(3);
      // Then it closes again.
      await dialog.getByRole('button', { name: 'Close' }).last().click();
      await expect(dialog).toHaveCount(0);
      await portal.hurry();
    });
  });
}

test('a start whose answer is lost is asked after, and found', async ({ portal, page }) => {
  await open(page, portal, COMPONENT);
  await portal.linger();
  const keys = countStarts(page);
  await page.route(STARTS, async route => {
    if (route.request().method() !== 'POST') return route.continue();
    await route.fetch();
    return route.abort('connectionreset');
  });
  const dialog = await fill(page, 'v3.0.1');
  await dialog.getByRole('button', { name: 'Deploy v3.0.1 to int-stable/euw1' }).click();
  await expect(dialog.getByText('The whole run')).toBeVisible({ timeout: 60_000 });
  await expect(dialog.getByText(/was not started/)).toHaveCount(0);
  expect(keys).toHaveLength(1);
  await portal.hurry();
});

test('a start of which nobody knows is said once, with the way to look, and repeated behind a question', async ({
  portal,
  page,
}) => {
  await open(page, portal, COMPONENT);
  const keys = countStarts(page);
  await page.route(STARTS, route =>
    route.request().method() === 'POST' ? route.fulfill({ status: 202, json: UNKNOWN }) : route.continue(),
  );
  const dialog = await fill(page, 'v3.0.2');
  await dialog.getByRole('button', { name: 'Deploy v3.0.2 to int-stable/euw1' }).click();
  await expect(dialog.getByText(/not known whether/)).toHaveCount(1);
  await expect(dialog.getByText(/6f9619ff/)).toHaveCount(0);
  await expect(dialog.getByRole('link', { name: /executions/ })).toHaveAttribute('href', UNKNOWN.url);
  await page.screenshot({ path: test.info().outputPath('unknown.png') });
  await dialog.getByRole('button', { name: 'Start anyway' }).click();
  expect(keys).toHaveLength(1);
  await dialog.getByRole('button', { name: 'Start a second run' }).click();
  await expect.poll(() => new Set(keys).size).toBe(2);
});

test('another run at the same place is named, and started beside only by a second click elsewhere', async ({
  portal,
  page,
}) => {
  await open(page, portal, COMPONENT);
  const keys = countStarts(page);
  await card(page).getByRole('button', { name: 'Deploy' }).click();
  await fillDialog(page, { tag: 'v3.0.3', environment: /int-stable/, region: 'euw2' });
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText('Another run goes to int-stable/euw2')).toBeVisible();
  const submit = dialog.getByRole('button', { name: 'Deploy v3.0.3 to int-stable/euw2' });
  await submit.dblclick();
  await expect(dialog.getByRole('button', { name: 'Start anyway' })).toBeVisible();
  await page.screenshot({ path: test.info().outputPath('another-run.png') });
  expect(keys).toHaveLength(0);
});
