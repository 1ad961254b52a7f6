import AxeBuilder from '@axe-core/playwright';
import { test as base, expect, type Page, type Response } from '@playwright/test';
import type { ProdWindow } from './configRepo.js';
import { Form } from './form.js';
import { Portal } from './portal.js';

async function textOf(response: Response): Promise<string> {
  const headers = JSON.stringify(await response.allHeaders().catch(() => ({})));
  // Redirects and responses of pages that are gone have no body.
  const body = await response.text().catch(() => '');
  return headers + body;
}

/**
 * Playwright's `test`, with a portal that the stories of a worker share, and an eye on everything the browser is sent:
 * the API key is never among it, nor in what the processes write.
 */
export const test = base.extend<
  object,
  {
    prodWindow: ProdWindow;
    catalog: { entities: object[]; harness?: string[] };
    isHarnessGone: boolean;
    portalName: string;
    portal: Portal;
  }
>({
  prodWindow: ['open', { option: true, scope: 'worker' }],

  /** What the catalog, and Harness, have besides the example's entities. */
  catalog: [{ entities: [] }, { option: true, scope: 'worker' }],

  /** Whether Harness is gone before the portal starts, which reads what it can in the background. */
  isHarnessGone: [false, { option: true, scope: 'worker' }],

  /** Stories that break their portal name one of their own. */
  portalName: ['shared', { option: true, scope: 'worker' }],

  portal: [
    async ({ prodWindow, catalog, isHarnessGone, portalName: _ }, use) => {
      const portal = await Portal.start({ prodWindow, isHarnessGone, ...catalog });
      await use(portal);
      await portal.stop();
    },
    { scope: 'worker', timeout: 180_000 },
  ],

  page: async ({ portal, page }, use) => {
    const seen: Promise<string>[] = [];
    page.on('response', response => seen.push(textOf(response)));
    page.on('console', message => seen.push(Promise.resolve(message.text())));
    await use(page);
    const leaks = (await Promise.all(seen)).filter(text => text.includes(portal.apiKey));
    expect(seen.length, 'something was sent to the browser').toBeGreaterThan(0);
    expect(leaks.length, 'answers to the browser that hold the API key').toBe(0);
    expect(portal.log.includes(portal.apiKey), 'a process log holds the API key').toBe(false);
  },
});

export { expect };

/** Opens a path of the portal, signed in as the guest. */
export async function open(page: Page, portal: Pick<Portal, 'url'>, path: string): Promise<void> {
  await page.goto(`${portal.url}${path}`);
  await page.getByRole('button', { name: 'Enter' }).click();
}

/** The rules of axe that are broken within a part of the page, each with the elements that break it. */
export async function broken(page: Page, part: string) {
  const { violations } = await new AxeBuilder({ page }).include(part).analyze();
  return violations.map(({ id, nodes }) => ({ id, elements: nodes.map(node => node.html) }));
}

/** What the dialog looks like in each theme; axe finds nothing in either. */
export async function look(page: Page, name: string): Promise<void> {
  for (const mode of ['light', 'dark']) {
    await page.evaluate(
      theme => document.querySelectorAll('[data-theme-mode]').forEach(of => of.setAttribute('data-theme-mode', theme)),
      mode,
    );
    await page.screenshot({ path: base.info().outputPath(`${name}-${mode}.png`) });
    expect(await broken(page, '[role=dialog]'), mode).toEqual([]);
  }
}

/** The card on an entity's overview page. */
export function card(page: Page) {
  return page.getByRole('region', { name: 'Deployments' });
}

/** Fills the deploy dialog's three main fields. */
export async function fillDialog(
  page: Page,
  what: { tag: string; environment: RegExp; region: string },
): Promise<void> {
  const dialog = page.getByRole('dialog');
  await new Form(page, dialog).type(/Image tag/, what.tag);
  await dialog.getByRole('button', { name: /Environment/ }).click();
  await page.getByRole('option', { name: what.environment }).click();
  const region = dialog.getByRole('button', { name: /Region/ });
  if (!(await region.textContent())?.includes(what.region)) {
    await region.click();
    await page.getByRole('option', { name: what.region }).click();
  }
}
