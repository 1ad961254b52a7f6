import type { Page } from '@playwright/test';
import { componentOf } from '../src/entities.js';
import { broken, card, expect, open, test } from '../src/test.js';

function pipeline(identifier: string, stages: string): string {
  return `pipeline:
  identifier: ${identifier}
  name: ${identifier}
  orgIdentifier: default
  projectIdentifier: platform
  tags:
    backstage-entity: component:default/${identifier}
  stages:
${stages}`;
}

const WAIT =
  '{ execution: { steps: [{ step: { identifier: w, name: Take a breath, type: Wait, spec: { duration: 5s } } }] } }';
const DEPLOYS = `    - stage:
        identifier: roll_out
        name: Roll out
        type: Deployment
        strategy: <+input>
        spec:
          deploymentType: Kubernetes
          service: { serviceRef: <+input>, serviceInputs: <+input> }
          environment: { environmentRef: <+input>, environmentInputs: <+input>, infrastructureDefinitions: <+input> }
          execution:
            steps:
              - step: { identifier: roll, name: roll, type: K8sRollingDeploy, timeout: 10m, spec: {} }
            rollbackSteps: []
        failureStrategies:
          - onFailure: { errors: [AllErrors], action: { type: StageRollback } }
`;

test.use({
  portalName: 'any-pipeline',
  catalog: { entities: [componentOf('train', 'train'), componentOf('anything', 'anything')] },
});

test.beforeAll(async ({ portal }) => {
  const child = `    - stage: { identifier: work, name: Work, type: Custom, spec: ${WAIT} }\n`;
  const chain = `    - stage: { identifier: chain, name: Chain, type: Pipeline, spec: { org: default, project: platform, pipeline: carriage } }\n`;
  await portal.createPipeline(pipeline('carriage', child));
  await portal.createPipeline(pipeline('train', chain));
  await portal.createPipeline(pipeline('anything', DEPLOYS));
});

async function openDialog(page: Page) {
  await card(page).getByRole('button', { name: 'Deploy' }).click();
  return page.getByRole('dialog');
}

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`in the ${colorScheme} theme`, () => {
    test.use({ colorScheme });

    test('a run is followed into the one that a stage of it has started', async ({ portal, page }) => {
      await open(page, portal, '/catalog/default/component/train');
      const dialog = await openDialog(page);
      await dialog.getByRole('button', { name: 'Run the pipeline' }).click();
      const child = dialog.getByRole('button', { name: 'The run that Chain started' });
      await child.click();
      const run = dialog.getByRole('group', { name: 'The run that Chain started, with its stages' });
      await expect(run.getByText('Work', { exact: true })).toBeVisible();
      await expect(run.getByText('Take a breath')).toBeVisible();
      await page.screenshot({ path: test.info().outputPath('child.png') });
      expect(await broken(page, '[role=dialog]')).toEqual([]);
    });

    test('what a deployment asks for is chosen by name, and the rest is given as YAML', async ({ portal, page }) => {
      await open(page, portal, '/catalog/default/component/anything');
      const dialog = await openDialog(page);
      const choose = async (field: RegExp, option: RegExp) => {
        await dialog.getByRole('button', { name: field }).click();
        await page.getByRole('option', { name: option }).click();
      };
      await choose(/Service/, /order-service/);
      await choose(/Environment/, /int-stable/);
      await choose(/Infrastructure/, /euw1/);
      // Of several, more may be chosen.
      await page.keyboard.press('Escape');
      await dialog.getByRole('textbox', { name: /Tag/ }).fill('v1.20');
      await dialog.getByRole('textbox', { name: /Paths/ }).fill('deploy.yaml');
      const strategy = dialog.getByRole('textbox', { name: /Strategy/ });
      await strategy.fill('parallelism: [2');
      await dialog.getByRole('button', { name: 'Run the pipeline' }).click();
      await expect(strategy).toHaveAttribute('aria-invalid', 'true');
      await page.screenshot({ path: test.info().outputPath('yaml.png') });
      expect(await broken(page, '[role=dialog]')).toEqual([]);

      const before = (await portal.runs()).length;
      await strategy.fill('parallelism: 2');
      await page.screenshot({ path: test.info().outputPath('chosen.png') });
      await dialog.getByRole('button', { name: 'Run the pipeline' }).click();
      await expect(dialog.getByText('Roll out').first()).toBeVisible();
      const [run] = (await portal.runs()).slice(before);
      const [{ stage }] = JSON.parse(run.request?.body ?? '').pipeline.stages;
      expect(stage).toMatchObject({
        strategy: { parallelism: 2 },
        spec: {
          service: { serviceRef: 'order_service', serviceInputs: { serviceDefinition: { type: 'Kubernetes' } } },
          environment: {
            environmentRef: 'int_stable',
            infrastructureDefinitions: [{ identifier: 'int_stable_euw1_k8s' }],
          },
        },
      });
    });
  });
}
