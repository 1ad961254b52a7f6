import type { Page } from '@playwright/test';
import { componentOf } from '../src/entities.js';
import { card, expect, open, test } from '../src/test.js';

const PLACE = { repoName: 'deploys', filePath: '.harness/search.yaml' };
const RELEASE = 'release/2.4';

/** The pipeline as it is on one of its branches: what it asks for there, and whose it is. */
function pipelineAsking(input: string, entity: string): string {
  const wait = { step: { identifier: 'w', name: 'w', type: 'Wait', spec: { duration: '5s' } } };
  const stage = { identifier: 'roll_out', name: 'Roll out', type: 'Custom', spec: { execution: { steps: [wait] } } };
  return JSON.stringify({
    pipeline: {
      identifier: 'search_release',
      name: 'Search release',
      orgIdentifier: 'default',
      projectIdentifier: 'platform',
      tags: { 'backstage-entity': entity },
      variables: [{ name: input, type: 'String', value: '<+input>', required: true }],
      stages: [{ stage }],
    },
  });
}

test.use({
  portalName: 'branches',
  catalog: {
    entities: [componentOf('search', 'search_release'), componentOf('search-next', 'search_release', RELEASE)],
  },
});

test.beforeAll(async ({ portal }) => {
  await portal.createPipelineInGit(pipelineAsking('indexVersion', 'component:default/search'), PLACE);
  await portal.control('git', {
    repo: PLACE.repoName,
    branch: RELEASE,
    path: PLACE.filePath,
    text: pipelineAsking('rebuildFrom', 'component:default/search-next'),
  });
});

async function openDialog(page: Page) {
  await card(page).getByRole('button', { name: 'Deploy' }).click();
  return page.getByRole('dialog');
}

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`in the ${colorScheme} theme`, () => {
    test.use({ colorScheme });

    test('each of two branches of a pipeline is asked for its own inputs, and run as it is there', async ({
      portal,
      page,
    }) => {
      await open(page, portal, '/catalog/default/component/search-next');
      const dialog = await openDialog(page);
      await expect(dialog.getByText(`The pipeline search_release is run from branch ${RELEASE}.`)).toBeVisible();
      const input = dialog.getByRole('textbox');
      await expect(input).toHaveCount(1);
      await expect(input).toHaveAccessibleName(/rebuildFrom/);
      await input.fill('yesterday');
      await page.screenshot({ path: test.info().outputPath('branch.png') });
      const before = (await portal.runs()).length;
      await dialog.getByRole('button', { name: 'Run the pipeline' }).click();
      await expect(dialog.getByText('Roll out', { exact: true })).toBeVisible();

      await page.goto(`${portal.url}/catalog/default/component/search`);
      await openDialog(page);
      await expect(input).toHaveAccessibleName(/indexVersion/);
      await expect(input).toHaveCount(1);
      await expect(dialog.getByText(/is run from branch/)).toHaveCount(0);
      await input.fill('7');
      await dialog.getByRole('button', { name: 'Run the pipeline' }).click();
      await expect(dialog.getByText('Roll out', { exact: true })).toBeVisible();

      const runs = (await portal.runs()).slice(before);
      const asked = runs.map(({ pipeline, request }) => ({
        pipeline,
        branch: new URLSearchParams(request?.query).get('branch'),
        body: request?.body,
      }));
      expect(asked).toEqual([
        { pipeline: 'search_release', branch: RELEASE, body: expect.stringMatching(/rebuildFrom[^]*yesterday/) },
        { pipeline: 'search_release', branch: null, body: expect.stringMatching(/indexVersion[^]*7/) },
      ]);
    });
  });
}
