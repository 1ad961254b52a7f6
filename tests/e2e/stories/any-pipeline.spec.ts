import type { Page } from '@playwright/test';
import { componentOf } from '../src/entities.js';
import { Form } from '../src/form.js';
import { deployment, FIXED_PLACE, pipeline, stages } from '../src/pipelines.js';
import { broken, card, expect, open, test } from '../src/test.js';

const WAIT =
  '{ execution: { steps: [{ step: { identifier: w, name: Take a breath, type: Wait, spec: { duration: 5s } } }] } }';
const DEPLOYS = deployment(
  `service: { serviceRef: <+input>, serviceInputs: <+input> }
environment: { environmentRef: <+input>, environmentInputs: <+input>, infrastructureDefinitions: <+input> }`,
  'strategy: <+input>\n',
);

const APPROVES = `- stage:
    identifier: approve
    name: Approve
    type: Approval
    spec:
      execution:
        steps:
          - step:
              identifier: ask
              name: ask
              type: HarnessApproval
              timeout: 1d
              spec:
                approvalMessage: Go
                approvers: { userGroups: [release_managers], minimumCount: 1, disallowPipelineExecutor: false }
                approverInputs: []
`;
const DEPLOYS_SEVERAL = deployment(`services: { values: <+input>, metadata: { parallel: true } }
${FIXED_PLACE}`);

test.use({
  portalName: 'any-pipeline',
  catalog: { entities: ['train', 'anything', 'several'].map(name => componentOf(name, name)) },
});

test.beforeAll(async ({ portal }) => {
  const child = `- stage: { identifier: work, name: Work, type: Custom, spec: ${WAIT} }\n`;
  const chain = `- stage: { identifier: chain, name: Chain, type: Pipeline, spec: { org: default, project: platform, pipeline: carriage } }\n`;
  await portal.createPipeline(pipeline('carriage', stages(child)));
  await portal.createPipeline(pipeline('train', stages(chain)));
  await portal.createPipeline(pipeline('anything', stages(DEPLOYS)));
  const several = `allowStageExecutions: true\n${stages(APPROVES, DEPLOYS_SEVERAL)}`;
  await portal.createPipeline(pipeline('several', several));
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
      const form = new Form(page, dialog);
      await form.choose(/Service/, /order-service/);
      await form.choose(/Environment/, /int-stable/);
      await form.choose(/Infrastructure/, /euw1/);
      await form.type(/Tag/, 'v1.20');
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

    test('several services are chosen by name, each asks in turn, and an approval that is left out is said', async ({
      portal,
      page,
    }) => {
      await open(page, portal, '/catalog/default/component/several');
      const dialog = await openDialog(page);
      const form = new Form(page, dialog);
      await form.choose(/Stages/, /Roll out/);
      await form.choose(/Services/, /order-service/, /payment-service/);
      for (const name of ['order_service', 'payment_service']) {
        await dialog.getByRole('textbox', { name: `Tag of ${name} of stage Roll out` }).fill('v1.20');
        await dialog.getByRole('textbox', { name: `Paths of ${name} of stage Roll out` }).fill('deploy.yaml');
      }
      await expect(
        dialog.getByText(/follows the approval approve, which is not chosen: nobody is asked/),
      ).toBeVisible();
      await page.screenshot({ path: test.info().outputPath('several.png') });
      expect(await broken(page, '[role=dialog]')).toEqual([]);

      const before = (await portal.runs()).length;
      await dialog.getByRole('button', { name: 'Run the pipeline' }).click();
      await expect(dialog.getByText('Roll out').first()).toBeVisible();
      const [run] = (await portal.runs()).slice(before);
      const { runtimeInputYaml } = JSON.parse(run.request?.body ?? '');
      const sent: { stage: { identifier: string; spec: object } }[] = JSON.parse(runtimeInputYaml).pipeline.stages;
      expect(sent.find(({ stage }) => stage.identifier === 'roll_out')?.stage.spec).toMatchObject({
        services: {
          values: ['order_service', 'payment_service'].map(serviceRef => ({
            serviceRef,
            serviceInputs: { serviceDefinition: { type: 'Kubernetes' } },
          })),
        },
      });
    });

    test('an address that names no pipeline of the component says which there are', async ({ portal, page }) => {
      await open(page, portal, '/catalog/default/component/several/deployments?pipeline=sevreal');
      await expect(page.getByText('This component has no pipeline called “sevreal”')).toBeVisible();
      await page.screenshot({ path: test.info().outputPath('unknown.png') });
      expect(await broken(page, 'main')).toEqual([]);
    });
  });
}
