import type { Page } from '@playwright/test';
import { componentOf } from '../src/entities.js';
import { deployment, FIXED_PLACE, pipeline, stages } from '../src/pipelines.js';
import type { Portal } from '../src/portal.js';
import { card, expect, fillDialog, look, open, test } from '../src/test.js';

// The stories make the delegate slow.
test.use({ portalName: 'tags', catalog: { entities: [componentOf('open', 'open')] } });

const PIPELINE = pipeline(
  'open',
  stages(
    deployment(`service: { serviceRef: <+input>, serviceInputs: <+input> }
${FIXED_PLACE}`),
  ),
);

/** A service that lets a run choose its image among two. */
const TWO_SOURCES = {
  service: {
    identifier: 'mirrored',
    name: 'mirrored',
    serviceDefinition: {
      type: 'Kubernetes',
      spec: {
        artifacts: {
          primary: {
            primaryArtifactRef: '<+input>',
            sources: ['original', 'mirror'].map(identifier => ({
              identifier,
              type: 'DockerRegistry',
              spec: { connectorRef: 'gcr_connector', imagePath: `project/${identifier}`, tag: '<+input>' },
            })),
          },
        },
      },
    },
  },
};

async function createService(portal: Portal): Promise<void> {
  const scope = 'accountIdentifier=demo-account&orgIdentifier=default&projectIdentifier=platform';
  const { identifier, name } = TWO_SOURCES.service;
  const place = { orgIdentifier: 'default', projectIdentifier: 'platform' };
  const response = await fetch(`${portal.simulatorUrl}/ng/api/servicesV2?${scope}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': portal.apiKey },
    body: JSON.stringify({ identifier, name, ...place, yaml: JSON.stringify(TWO_SOURCES) }),
  });
  expect(response.ok, await response.text()).toBe(true);
}

test.beforeAll(async ({ portal }) => {
  await portal.createPipeline(PIPELINE);
  await createService(portal);
});

type Builds = 'ready' | 'slow' | 'refused' | 'many';

/** Chooses a service, of whose builds the delegate says this. No two stories share a service. */
async function chooseService(page: Page, portal: Portal, service: string, artifactBuilds: Builds) {
  await portal.control('modes', { artifactBuilds });
  await open(page, portal, '/catalog/default/component/open');
  await card(page).getByRole('button', { name: 'Deploy' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: /Service/ }).click();
  await page.getByRole('option', { name: service }).click();
  return dialog;
}

async function tagField(...of: Parameters<typeof chooseService>) {
  return (await chooseService(...of)).getByRole('combobox', { name: /Tag/ });
}

/** The artifact that a run is started with. */
async function primarySent(page: Page, portal: Portal) {
  const before = (await portal.runs()).length;
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Run the pipeline' }).click();
  await expect(dialog.getByText('Roll out').first()).toBeVisible();
  const [run] = (await portal.runs()).slice(before);
  const { service } = JSON.parse(run.request?.body ?? '').pipeline.stages[0].stage.spec;
  return service.serviceInputs.serviceDefinition.spec.artifacts.primary;
}

/** The tag of a service of the config repo that a run is started with. */
async function tagSent(page: Page, portal: Portal): Promise<string> {
  await page.getByRole('dialog').getByRole('textbox', { name: /Paths/ }).fill('deploy.yaml');
  return (await primarySent(page, portal)).sources[0].spec.tag;
}

test('a tag among very many is found by a part of it, without a mouse', async ({ portal, page }) => {
  const tag = await tagField(page, portal, 'payment-service', 'many');
  await expect(tag).toHaveAccessibleDescription(/The first 50 of 10,000 tags/);
  await tag.focus();
  await page.keyboard.type('4711');
  await expect(tag).toHaveAccessibleDescription(/One tag fits/);
  await expect(page.getByRole('option')).toHaveText(['1.0.4711']);
  await look(page, 'search');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(tag).toHaveValue('1.0.4711');
  // Who opens the list again sees the others as well.
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('option')).toHaveCount(50);
  await page.keyboard.press('Escape');
  expect(await tagSent(page, portal)).toBe('1.0.4711');
});

test('a tag that was typed stays, though the pointer rests on another', async ({ portal, page }) => {
  const tag = await tagField(page, portal, 'invoice-worker', 'ready');
  await expect(tag).toHaveAccessibleDescription(/\d tags fit/);
  // As somebody who pastes with the pointer.
  await tag.click();
  await tag.fill('5.1');
  await expect(tag).toHaveAccessibleDescription(/One tag fits/);
  await page.getByRole('option').hover();
  await expect(tag).toHaveAttribute('aria-activedescendant', /.+/);
  await page.keyboard.press('Tab');
  await expect(page.getByRole('listbox')).toHaveCount(0);
  await expect(tag).not.toBeFocused();
  await expect(tag).toHaveValue('5.1');
});

test('a tag that nothing fits is left at once, and no list stays open', async ({ portal, page }) => {
  const tag = await tagField(page, portal, 'notification-worker', 'ready');
  await expect(tag).toHaveAccessibleDescription(/tags? fits?/);
  await tag.focus();
  await page.keyboard.type('no-such-tag');
  await page.keyboard.press('Tab');
  const paths = page.getByRole('dialog').getByRole('textbox', { name: /Paths/ });
  await expect(paths).toBeFocused();
  await expect(page.getByText(/No tag fits/).first()).toBeAttached();
  await expect(page.getByRole('listbox')).toHaveCount(0);
  await expect(paths).toBeFocused();
  expect(await tagSent(page, portal)).toBe('no-such-tag');
});

test('a tag is typed while the delegate does not answer, and its list may still come', async ({ portal, page }) => {
  const tag = await tagField(page, portal, 'order-service', 'slow');
  await expect(tag).toHaveAccessibleDescription(/Harness is asked which tags there are/);
  await expect(tag).toHaveAccessibleDescription(/delegate does not answer. Type the tag/, { timeout: 6_000 });
  await tag.fill('v1');
  await look(page, 'slow');
  await expect(tag).toHaveAccessibleDescription(/tags? fits?/, { timeout: 40_000 });
  await expect(tag).toHaveValue('v1');
  await expect(tag).toBeFocused();
  expect(await tagSent(page, portal)).toBe('v1');
});

test('what a registry refuses is said in its words, and the tag is typed', async ({ portal, page }) => {
  const tag = await tagField(page, portal, 'ledger-service', 'refused');
  await expect(tag).toHaveAccessibleDescription(/could not be listed. Type the tag.*Docker Get Builds task failure/);
  await tag.fill('v2');
  await look(page, 'refused');
  expect(await tagSent(page, portal)).toBe('v2');
});

test('an artifact source is chosen by name, and asks for its tag', async ({ portal, page }) => {
  await portal.control('builds', { image: 'project/mirror', tags: ['v3', 'v2'] });
  const dialog = await chooseService(page, portal, 'mirrored', 'ready');
  await dialog.getByRole('button', { name: /Primary artifact/ }).click();
  await expect(page.getByRole('option')).toHaveText([/original/, /mirror/]);
  await page.getByRole('option', { name: 'mirror' }).click();
  const tag = dialog.getByRole('combobox', { name: /Tag/ });
  await expect(tag).toHaveAccessibleDescription(/2 tags fit/);
  await tag.press('ArrowDown');
  await expect(page.getByRole('option')).toHaveText(['v3', 'v2']);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await look(page, 'source');
  const spec = { tag: await tag.inputValue() };
  expect(await primarySent(page, portal)).toEqual({
    primaryArtifactRef: 'mirror',
    sources: [{ identifier: 'mirror', type: 'DockerRegistry', spec }],
  });
});

test('the image of a service of the config repo is found among its builds', async ({ portal, page }) => {
  await portal.control('modes', { artifactBuilds: 'ready' });
  await open(page, portal, '/catalog/default/component/payment-service');
  await card(page).getByRole('button', { name: 'Deploy' }).click();
  const dialog = page.getByRole('dialog');
  const tag = dialog.getByRole('combobox', { name: /Image tag/ });
  await expect(tag).toBeFocused();
  await expect(tag).toHaveAccessibleDescription(/tags? fits?/);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  const chosen = await tag.inputValue();
  expect(chosen).not.toBe('');
  await look(page, 'image-tag');
  await fillDialog(page, { tag: chosen, environment: /int-stable/, region: 'euw1' });
  const before = (await portal.runs()).length;
  await dialog.getByRole('button', { name: `Deploy ${chosen} to int-stable/euw1` }).click();
  await expect(dialog.getByText('Running').first()).toBeVisible();
  const [run] = (await portal.runs()).slice(before);
  expect(JSON.parse(run.request?.body ?? '').pipeline.variables).toContainEqual({
    name: 'imageTag',
    type: 'String',
    value: chosen,
  });
});
