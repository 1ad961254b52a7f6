import type { Page } from '@playwright/test';
import { componentOf } from '../src/entities.js';
import { Form } from '../src/form.js';
import { pipeline } from '../src/pipelines.js';
import type { Portal } from '../src/portal.js';
import { startByApi, startByCommandLine, startByScaffolder, TEMPLATE_ENTITY } from '../src/shapes/starts.js';
import { HARNESS, SHAPES, type Shape } from '../src/shapes/table.js';
import { card, expect, open, test } from '../src/test.js';

const pipelineOf = (shape: Shape) => `shape_${SHAPES.indexOf(shape)}`;

const branchOf = (shape: Shape) => shape.onBranch?.branch;

/** What lies in Git in place of a pipeline; Harness's own call saves none of Harness 3.0 (simulator README). */
function textInGit(shape: Shape): string | undefined {
  const { harness3, onBranch } = shape;
  return onBranch ? pipeline(pipelineOf(shape), onBranch.pipeline) : harness3;
}

function names(identifier: string): string {
  return `name: ${identifier}, identifier: ${identifier}, orgIdentifier: default, projectIdentifier: platform`;
}

/** What Harness holds of a shape, a text each. */
function documentsOf(shape: Shape): string[] {
  const name = pipelineOf(shape);
  const sets = Object.entries(shape.inputSets ?? {}).map(
    ([set, answer]) => `inputSet: { ${names(set)}, pipeline: { identifier: ${name}, ${answer} } }`,
  );
  return [pipeline(name, shape.pipeline), ...sets];
}

test.use({
  portalName: 'bodies',
  catalog: {
    entities: [
      TEMPLATE_ENTITY,
      ...SHAPES.map(shape => componentOf(pipelineOf(shape), pipelineOf(shape), branchOf(shape))),
    ],
    harness: [...HARNESS, ...SHAPES.filter(shape => !textInGit(shape)).flatMap(documentsOf)],
  },
});

test.beforeAll(async ({ portal }) => {
  await portal.control('modes', { harness3: 'runs' });
  for (const shape of SHAPES) {
    const text = textInGit(shape);
    if (text === undefined) continue;
    const [name, branch] = [pipelineOf(shape), branchOf(shape)];
    const place = { repoName: 'deploys', filePath: `${name}.yaml` };
    await portal.createPipelineInGit(pipeline(name, shape.pipeline), place);
    await portal.control('git', { repo: place.repoName, branch, path: place.filePath, text });
  }
});

/** What was posted to run a pipeline, each as the bytes that Harness got. */
async function bodiesOf(portal: Portal, pipeline: string): Promise<string[]> {
  const runs = await portal.runs();
  return runs.filter(run => run.pipeline === pipeline).map(run => run.request?.body ?? '');
}

async function openForm(page: Page, portal: Portal, pipeline: string) {
  await open(page, portal, `/catalog/default/component/${pipeline}`);
  await card(page).getByRole('button', { name: 'Deploy' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('button', { name: 'Run the pipeline' })).toBeVisible();
  return { dialog, form: new Form(page, dialog) };
}

for (const shape of SHAPES) {
  const pipeline = pipelineOf(shape);

  test(`${shape.name}: the same is posted from everywhere`, async ({ portal, page }) => {
    for (const start of [
      await startByApi(portal),
      await startByScaffolder(portal),
      startByCommandLine(portal, branchOf(shape)),
    ]) {
      expect(await start(pipeline, shape.given)).toBeUndefined();
    }
    const { form } = await openForm(page, portal, pipeline);
    await shape.fill(form);
    await form.run();
    await expect.poll(async () => (await bodiesOf(portal, pipeline)).length).toBe(4);

    const bodies = await bodiesOf(portal, pipeline);
    expect(new Set(bodies).size, bodies.join('\n')).toBe(1);
    const posted = JSON.parse(bodies[0]);
    if (shape.harness3) {
      expect(JSON.parse(posted.inputs_yaml)).toEqual(shape.body);
      return;
    }
    const { pipeline: given } = posted.runtimeInputYaml ? JSON.parse(posted.runtimeInputYaml) : posted;
    expect(given).toEqual({ identifier: pipeline, ...shape.body });
  });

  test(`${shape.name}: the same is refused everywhere`, async ({ portal, page }) => {
    const before = await portal.runs();
    const { told, fill, inputs } = shape.wrong;
    const wrong = { ...shape.given, inputs: { ...shape.given.inputs, ...inputs } };
    for (const start of [
      await startByApi(portal),
      await startByScaffolder(portal),
      startByCommandLine(portal, branchOf(shape)),
    ]) {
      expect(await start(pipeline, wrong)).toContain(told);
    }
    const { dialog, form } = await openForm(page, portal, pipeline);
    await fill(form);
    await form.run();
    await expect(dialog.getByText(told).first()).toBeVisible();
    expect(await portal.runs()).toHaveLength(before.length);
  });
}
