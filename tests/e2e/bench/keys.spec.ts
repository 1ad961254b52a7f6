import type { CDPSession, Page } from '@playwright/test';
import { componentOf } from '../src/entities.js';
import { card, expect, open, test } from '../src/test.js';

const INPUTS = 200;
/** The check names no more reasons than these. */
const REASONS = 100;
const KEYS = 40;
const BUDGET_MS = 16;
const NAME = 'many-inputs';

/** A pipeline that asks for many texts, each required and of a form. */
function pipeline(): string {
  const variables = Array.from({ length: INPUTS }, (_, index) => ({
    name: `input${index}`,
    type: 'String',
    required: true,
    value: '<+input>.regex(v[0-9.]+)',
  }));
  const step = { name: 'Wait', identifier: 'wait', type: 'Wait', spec: { duration: '1m' } };
  const stage = { name: 'Wait', identifier: 'wait', type: 'Custom', spec: { execution: { steps: [{ step }] } } };
  const of = { name: NAME, identifier: 'many_inputs', orgIdentifier: 'default', projectIdentifier: 'platform' };
  const tags = { service: NAME };
  // JSON is YAML.
  return JSON.stringify({ pipeline: { ...of, tags, stages: [{ stage }], variables } });
}

test.use({ catalog: { entities: [componentOf(NAME, 'many_inputs')] } });

/** How long each key takes, in ms: from the key until the page has done all that it makes of it, and laid it out. */
async function times(page: Page, keys: string): Promise<number[]> {
  await page.evaluate(() => {
    const watched = window as unknown as { taken: number[]; ending?: AbortController };
    const taken: number[] = [];
    watched.ending?.abort();
    const ending = new AbortController();
    Object.assign(watched, { taken, ending });
    const watch = () => {
      const begin = performance.now();
      const { port1, port2 } = new MessageChannel();
      // The first task after the key, and what React left for later by then.
      port1.onmessage = () => {
        void document.body.offsetHeight;
        taken.push(performance.now() - begin);
      };
      window.addEventListener('input', () => port2.postMessage(null), { once: true });
    };
    window.addEventListener('keydown', watch, { capture: true, signal: ending.signal });
  });
  for (const key of keys) {
    await page.keyboard.press(key);
    await page.waitForTimeout(60);
  }
  return page.evaluate(() => (window as unknown as { taken: number[] }).taken);
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

/** How long the page has worked so far, in ms of its own thread: scripts, styles and layout. */
async function worked(cdp: CDPSession): Promise<number> {
  const { metrics } = await cdp.send('Performance.getMetrics');
  const parts = ['ScriptDuration', 'RecalcStyleDuration', 'LayoutDuration'];
  return metrics.filter(({ name }) => parts.includes(name)).reduce((sum, { value }) => sum + value * 1000, 0);
}

/** The work of a key, in ms. What a person waits for depends on what else the machine does, and is printed beside it. */
async function measured(page: Page, what: string): Promise<number> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
  const before = await worked(cdp);
  const taken = await times(page, 'v1.'.repeat(KEYS).slice(0, KEYS));
  const work = ((await worked(cdp)) - before) / KEYS;
  expect(taken).toHaveLength(KEYS);
  const [middle, worst] = [median(taken), Math.max(...taken)].map(time => time.toFixed(1));
  console.log(
    `A key in a form of ${INPUTS} inputs, ${what}: ${work.toFixed(1)} ms of work; answered in ${middle} ms, at most ${worst} ms`,
  );
  return work;
}

test('a form of many inputs answers a key within a frame', async ({ portal, page }) => {
  await portal.createPipeline(pipeline());
  await open(page, portal, `/catalog/default/component/${NAME}`);
  await card(page).getByRole('button', { name: 'Deploy' }).click();
  const dialog = page.getByRole('dialog');
  const field = dialog.getByRole('textbox', { name: 'input100' });
  await expect(field).toBeVisible();
  await field.focus();
  const untouched = await measured(page, 'no reason shown');
  await dialog.getByRole('button', { name: 'Run the pipeline' }).click();
  await field.fill('');
  await expect(dialog.getByText('Fill this in.').nth(REASONS - 1)).toBeAttached();
  const submitted = await measured(page, `${REASONS} with their reasons`);
  expect([untouched, submitted].filter(work => work >= BUDGET_MS)).toEqual([]);
});
