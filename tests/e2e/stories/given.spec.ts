import type { Page } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Form } from '../src/form.js';
import type { Portal } from '../src/portal.js';
import { card, expect, look, open, test } from '../src/test.js';

// The stories give the storefront's pipeline input sets, a choice of stages and a question.
test.use({ portalName: 'given' });

const EXAMPLE = join(import.meta.dirname, '../../../examples/harness/storefront-release.yaml');
const SCOPE = 'accountIdentifier=demo-account&orgIdentifier=default&projectIdentifier=platform';
const QUESTION =
  '{ name: verdict, type: String, description: Is it well?, required: true, value: "<+input>.regex([a-z ]+).executionInput()" }';

/** Says something to Harness, as somebody would there. */
async function tell(portal: Portal, method: string, path: string, body: string): Promise<void> {
  const response = await fetch(`${portal.simulatorUrl}/pipeline/api/${path}${SCOPE}`, {
    method,
    headers: { 'content-type': 'application/yaml', 'x-api-key': portal.apiKey },
    body,
  });
  expect(response.ok, `${path}: ${await response.text()}`).toBe(true);
}

async function saveInputSet(portal: Portal, identifier: string, values: Record<string, string>): Promise<void> {
  const variables = Object.entries(values).map(([name, value]) => ({ name, type: 'String', value }));
  const pipeline = { identifier: 'storefront_release', variables };
  const names = { name: identifier, identifier, orgIdentifier: 'default', projectIdentifier: 'platform' };
  await tell(
    portal,
    'POST',
    'inputSets?pipelineIdentifier=storefront_release&',
    JSON.stringify({ inputSet: { ...names, pipeline } }),
  );
}

test.beforeAll(async ({ portal }) => {
  const asking = readFileSync(EXAMPLE, 'utf8')
    .replace('  tags:\n', '  allowStageExecutions: true\n  tags:\n')
    .replace('shell: Bash\n', `shell: Bash\n                    environmentVariables: [${QUESTION}]\n`);
  await tell(portal, 'PUT', 'pipelines/v2/storefront_release?', asking);
  await saveInputSet(portal, 'usual', { version: 'v4.1.0', market: 'europe' });
  await saveInputSet(portal, 'asia', { market: 'asia', note: 'Lunar new year' });
});

async function openDialog(page: Page, portal: Portal) {
  await open(page, portal, '/catalog/default/component/storefront');
  await card(page).getByRole('button', { name: 'Deploy' }).click();
  return page.getByRole('dialog');
}

test('input sets fill the form, and what a person gives wins over them', async ({ portal, page }) => {
  const dialog = await openDialog(page, portal);
  const form = new Form(page, dialog);
  await form.choose(/Input sets/, 'usual', 'asia');
  await expect(dialog.getByRole('combobox', { name: /version/ })).toHaveValue('v4.1.0');
  await expect(dialog.getByRole('button', { name: /market/ })).toHaveText(/asia/);
  await dialog.getByRole('textbox', { name: /note/ }).fill('My own');
  await look(page, 'input-sets');

  await form.choose(/Stages/, 'Roll out');
  await dialog.getByRole('button', { name: 'Run the pipeline' }).click();
  await expect(dialog.getByText('Roll out', { exact: true })).toBeVisible();
  await portal.hurry();
  await expect(dialog.getByText('Succeeded').first()).toBeVisible({ timeout: 90_000 });
  await expect(dialog.getByText('Smoke tests', { exact: true })).toHaveCount(0);

  const truth = await (await fetch(`${portal.simulatorUrl}/simulator/truth`)).json();
  const { request } = truth.runs.at(-1);
  expect(request.query).toContain('inputSetIdentifiers=usual&inputSetIdentifiers=asia');
  const variables = JSON.parse(JSON.parse(request.body).runtimeInputYaml).pipeline.variables;
  const values = Object.fromEntries(variables.map(({ name, value }: Record<string, string>) => [name, value]));
  expect(values).toEqual({ version: 'v4.1.0', market: 'asia', note: 'My own' });
});

test('what a run asks for is answered where it is shown', async ({ portal, page }) => {
  const dialog = await openDialog(page, portal);
  const form = new Form(page, dialog);
  await form.choose(/Input sets/, 'usual');
  await expect(dialog.getByText(/Asked for while the pipeline runs: verdict/)).toBeVisible();
  await dialog.getByRole('button', { name: 'Run the pipeline' }).click();
  await expect(dialog.getByText('Roll out', { exact: true })).toBeVisible();
  await portal.control('clock', { advanceMs: 5 * 60_000, speed: 1 });

  const question = dialog.getByRole('group', { name: 'Smoke tests, Try it out asks before it goes on' });
  const verdict = question.getByRole('textbox', { name: /verdict/ });
  await expect(verdict).toBeVisible({ timeout: 60_000 });
  await verdict.fill('FINE');
  await page.keyboard.press('Tab');
  await expect(question.getByText(/“FINE” does not have the form of verdict/)).toBeVisible();
  await look(page, 'question');
  await verdict.fill('all is well');
  await question.getByRole('button', { name: 'Give it to the run' }).click();
  await portal.hurry();
  await expect(dialog.getByText('Succeeded').first()).toBeVisible({ timeout: 90_000 });
  await expect(question).toHaveCount(0);
});
