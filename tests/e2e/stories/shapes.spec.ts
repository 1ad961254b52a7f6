import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { card, expect, open, test } from '../src/test.js';

const STAGE = '/pipeline/stages/0/stage';
const ASKED = { required: false, executionInput: false, stage: 'Roll out' };

/** What a pipeline may ask for beside texts: a kind or a shape of each. */
const INPUTS = [
  {
    ...ASKED,
    pointer: '/pipeline/properties/ci/codebase/build',
    label: 'Branch, tag, pull request or commit',
    kind: 'object',
    shape: 'build',
  },
  {
    ...ASKED,
    pointer: `${STAGE}/spec/environmentGroup/environments`,
    label: 'Environments',
    kind: 'list',
    shape: 'environments',
  },
  { ...ASKED, pointer: `${STAGE}/spec/service/primary/sources`, label: 'Sources', kind: 'list', shape: 'sources' },
  {
    ...ASKED,
    pointer: `${STAGE}/spec/environmentGroup/deployToAll`,
    label: 'Deploy to all',
    kind: 'boolean',
    required: true,
  },
  { ...ASKED, pointer: `${STAGE}/timeout`, label: 'Timeout', kind: 'duration' },
  { ...ASKED, pointer: `${STAGE}/strategy/repeat/maxConcurrency`, label: 'Max concurrency', kind: 'wholeNumber' },
];

/** Opens the dialog of a pipeline that is kept in Git and asks for every shape. */
async function openDialog(page: Page, url: string) {
  await page.route('**/deploy-target', route =>
    route.fulfill({ json: { pipeline: 'storefront_release', branch: 'release/2.4', inputs: INPUTS, url } }),
  );
  await card(page).getByRole('button', { name: 'Deploy' }).click();
  return page.getByRole('dialog');
}

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`in the ${colorScheme} theme`, () => {
    test.use({ colorScheme, viewport: { width: 400, height: 1400 } });

    test('every shape of input has a field, on a narrow screen and by the rules of axe', async ({ portal, page }) => {
      await open(page, portal, '/catalog/default/component/storefront');
      const dialog = await openDialog(page, portal.url);
      await expect(dialog.getByText('The pipeline storefront_release is run from branch release/2.4.')).toBeVisible();
      await dialog.getByRole('button', { name: /Branch, tag, pull request or commit/ }).click();
      await page.getByRole('option', { name: 'Pull request' }).click();
      await dialog.getByRole('textbox', { name: 'Pull request' }).fill('12');
      await dialog.getByRole('textbox', { name: 'Environments of stage Roll out' }).fill('tenant_a\n<+x>');
      await dialog.getByRole('textbox', { name: 'Name of the source' }).fill('registry_image');
      await dialog.getByRole('button', { name: 'Run the pipeline' }).click();

      await expect(dialog.getByText(/holds “<\+”/)).toBeVisible();
      await expect(dialog.getByText('Give all three of them, or none.')).toBeVisible();
      await expect(dialog.getByText('Fill this in.')).toBeVisible();
      await expect(dialog.getByText(/Cannot be given here/)).toHaveCount(0);
      await page.screenshot({ path: test.info().outputPath('shapes.png') });
      const { violations } = await new AxeBuilder({ page }).include('[role=dialog]').analyze();
      expect(violations.map(({ id, nodes }) => ({ id, elements: nodes.map(node => node.html) }))).toEqual([]);
      const overhang = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(overhang).toBeLessThanOrEqual(0);
    });
  });
}
