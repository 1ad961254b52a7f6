import { act, cleanup, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { DeployResponse, FailureBody } from 'backstage-plugin-harness-cd-common';
import { closeDialog, deployToIntStable, openDeployDialog } from '../../__testUtils__/deployDialog';
import { InMemoryHarnessCd } from '../../__testUtils__/InMemoryHarnessCd';
import { renderOnEntityPage } from '../../__testUtils__/renderOnEntityPage';
import { secondsOf } from '../../__testUtils__/secondsOf';
import { DeployButton } from '../DeployButton';
import { startKey, type Start } from '../../shared/start';

const STARTED: DeployResponse = { kind: 'started', executionId: 'run', status: 'Running', url: 'https://h/run' };
const FAILURE: FailureBody = { code: 'TIMEOUT', message: 'No run has 6f9619ff-8b86-d011.', hint: 'Look.', since: 1 };
const UNKNOWN: DeployResponse = { kind: 'unknown', failure: FAILURE, url: 'https://app.harness.io/executions' };
const ENTITY_REF = 'component:default/payment-service';

function show(harnessCd: InMemoryHarnessCd) {
  renderOnEntityPage(<DeployButton size="small" />, harnessCd);
  return openDeployDialog();
}

/** What a page finds that was loaded again. */
function keptBeforeReload(start: Partial<Start>) {
  const kept: Start = {
    idempotencyKey: 'the-key-of-before',
    request: { service: 'payment-service', imageTag: 'v2.3.1', environment: 'int-stable', region: 'euw1' },
    state: { kind: 'sending' },
    heardAt: Date.now(),
    isSeen: false,
    isLaidAside: false,
    ...start,
  };
  sessionStorage.setItem(`harness-cd/${startKey(ENTITY_REF).join('/')}`, JSON.stringify(kept));
}

describe('a start', () => {
  it('outlives the dialog: it is shown when the dialog is opened again, and becomes the progress', async () => {
    const harnessCd = new InMemoryHarnessCd();
    let answer = (_: DeployResponse) => {};
    harnessCd.startAnswer = new Promise(resolve => {
      answer = resolve;
    });
    await show(harnessCd);
    await deployToIntStable();
    expect(await screen.findByRole('status')).toHaveTextContent('Starting…');
    await closeDialog();
    expect(screen.getByText('Starting…')).toBeInTheDocument();

    const dialog = within(await openDeployDialog());
    expect(dialog.getByRole('status')).toHaveTextContent('Starting…');
    expect(dialog.queryByRole('textbox')).not.toBeInTheDocument();
    await act(async () => answer(STARTED));
    expect(await dialog.findByText('Rolling deployment')).toBeInTheDocument();
    expect(harnessCd.requests).toHaveLength(1);
  });

  it('leaves a busy button where that of the form was, which no second click closes the dialog by', async () => {
    const harnessCd = new InMemoryHarnessCd();
    let answer = (_: DeployResponse) => {};
    harnessCd.startAnswer = new Promise(resolve => (answer = resolve));
    const dialog = within(await show(harnessCd));
    await deployToIntStable();
    const busy = await dialog.findByRole('button', { name: /Starting…/ });
    expect(busy).toHaveFocus();
    await userEvent.click(busy);
    expect(screen.getByRole('dialog')).toBeInTheDocument();
    await act(async () => answer(STARTED));
    await userEvent.click(await dialog.findByText('Close', {}, { timeout: 3_000 }));
    await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument());
    expect(harnessCd.requests).toHaveLength(1);
  });

  it('says which step it is at, as the backend tells', async () => {
    const harnessCd = new InMemoryHarnessCd();
    harnessCd.startAnswer = { kind: 'starting', step: 'checking', since: Date.now() };
    const dialog = within(await show(harnessCd));
    await deployToIntStable();
    expect(await dialog.findByText('Checking the request…')).toBeInTheDocument();
    harnessCd.startOutcome = { kind: 'starting', step: 'starting', since: Date.now() };
    expect(await dialog.findByText('Asking Harness to start…')).toBeInTheDocument();
    harnessCd.startOutcome = { kind: 'starting', step: 'searching', since: Date.now() };
    expect(await dialog.findByText('Asking Harness whether it started…')).toBeInTheDocument();
    harnessCd.startOutcome = STARTED;
    expect(await dialog.findByText('Rolling deployment')).toBeInTheDocument();
  });

  it('is asked after when the page is loaded again in the middle of it', async () => {
    const harnessCd = new InMemoryHarnessCd();
    keptBeforeReload({});
    const dialog = within(await show(harnessCd));
    expect(await dialog.findByText('Asking whether it was started…')).toBeInTheDocument();
    harnessCd.startOutcome = STARTED;
    expect(await dialog.findByText('Rolling deployment')).toBeInTheDocument();
    expect(dialog.getByText('payment-service: v2.3.1 to int-stable/euw1')).toBeInTheDocument();
    expect(harnessCd.keys).toEqual([]);
  });

  it('survives that the page is loaded again once it runs', async () => {
    await show(new InMemoryHarnessCd());
    await deployToIntStable();
    await screen.findByText('Rolling deployment');
    cleanup();
    const harnessCd = new InMemoryHarnessCd();
    const dialog = within(await show(harnessCd));
    expect(await dialog.findByText('Rolling deployment')).toBeInTheDocument();
  });

  it.each([
    ['nobody answered', new Error('The backend of Harness CD did not answer')],
    ['a proxy answered', Object.assign(new Error('502'), { statusCode: 502, body: { error: { message: '<html>' } } })],
  ])('is never called not started where %s', async (_, error) => {
    const harnessCd = new InMemoryHarnessCd();
    harnessCd.failStartWith = error;
    const dialog = within(await show(harnessCd));
    await deployToIntStable();
    expect(await dialog.findByText('Asking whether it was started…')).toBeInTheDocument();
    expect(screen.queryByText(/was not started/)).not.toBeInTheDocument();
    harnessCd.startOutcome = STARTED;
    expect(await dialog.findByText('Rolling deployment')).toBeInTheDocument();
  });

  it('that nobody can tell anything of is asked after for half a minute, and tried again under the same key', async () => {
    jest.useFakeTimers({ advanceTimers: true });
    keptBeforeReload({ state: { kind: 'asking' } });
    const harnessCd = new InMemoryHarnessCd();
    renderOnEntityPage(<DeployButton size="small" />, harnessCd);
    await screen.findByText('Asking whether it was started…');
    const at = await secondsOf(() => harnessCd.startReads, 40);
    expect(at.length).toBeGreaterThan(15);
    expect(at[at.length - 1]).toBeLessThanOrEqual(33);
    jest.useRealTimers();

    expect(screen.getByRole('alert')).toHaveTextContent('The portal did not say whether the deployment was started');
    await openDeployDialog();
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByText('Rolling deployment')).toBeInTheDocument();
    expect(harnessCd.keys).toEqual(['the-key-of-before']);
  });

  it('of which Harness cannot say what became is said once, with the way to look, and no id', async () => {
    const harnessCd = new InMemoryHarnessCd();
    harnessCd.startAnswer = UNKNOWN;
    const dialog = within(await show(harnessCd));
    await deployToIntStable();
    expect(await dialog.findAllByText(/not known whether/)).toHaveLength(1);
    expect(dialog.getByRole('link', { name: /executions in Harness/ })).toHaveAttribute(
      'href',
      'https://app.harness.io/executions',
    );
    expect(screen.queryByText(/6f9619ff/)).not.toBeInTheDocument();
    expect(dialog.queryByRole('button', { name: /^Deploy v/ })).not.toBeInTheDocument();
  });

  it('of which Harness cannot say what became is started once more behind a question, under a new key', async () => {
    const harnessCd = new InMemoryHarnessCd();
    harnessCd.startAnswer = UNKNOWN;
    const dialog = within(await show(harnessCd));
    await deployToIntStable();
    await userEvent.click(await dialog.findByRole('button', { name: 'Start anyway' }));
    expect(harnessCd.keys).toHaveLength(1);
    harnessCd.startAnswer = STARTED;
    await userEvent.click(dialog.getByRole('button', { name: 'Start a second run' }));
    expect(await dialog.findByText('Rolling deployment')).toBeInTheDocument();
    expect(harnessCd.keys).toHaveLength(2);
    expect(harnessCd.keys[1]).not.toBe(harnessCd.keys[0]);
    expect(harnessCd.requests[1]).toEqual(harnessCd.requests[0]);
  });

  it('of which Harness cannot say what became leaves the form to whoever wants to start something else', async () => {
    const harnessCd = new InMemoryHarnessCd();
    harnessCd.startAnswer = UNKNOWN;
    const dialog = within(await show(harnessCd));
    await deployToIntStable();
    await userEvent.click(await dialog.findByRole('button', { name: 'Back to the form' }));
    expect(dialog.getByRole('textbox', { name: /Image tag/ })).toHaveValue('v2.3.1');
    harnessCd.startAnswer = STARTED;
    await userEvent.click(dialog.getByRole('button', { name: /^Deploy v/ }));
    expect(await dialog.findByText('Rolling deployment')).toBeInTheDocument();
    expect(new Set(harnessCd.keys).size).toBe(2);
  });

  it('that failed for certain is told beside the button until it was seen, and the next one has a new key', async () => {
    const harnessCd = new InMemoryHarnessCd();
    harnessCd.startAnswer = { kind: 'starting', step: 'starting', since: Date.now() };
    await show(harnessCd);
    await deployToIntStable();
    await screen.findByText('Asking Harness to start…');
    await closeDialog();
    harnessCd.startOutcome = { kind: 'notStarted', failure: { ...FAILURE, message: 'Harness was silent.' } };
    expect(await screen.findByRole('alert')).toHaveTextContent('The deployment was not started');

    const dialog = within(await openDeployDialog());
    expect(await dialog.findByText('Harness was silent.')).toBeInTheDocument();
    harnessCd.startAnswer = undefined;
    await userEvent.click(dialog.getByRole('button', { name: 'Deploy v2.3.1 to int-stable/euw1' }));
    expect(await dialog.findByText('Rolling deployment')).toBeInTheDocument();
    expect(new Set(harnessCd.keys).size).toBe(2);
    await closeDialog();
    expect(screen.queryByRole('alert')).not.toBeInTheDocument();
  });

  it('that ended leads to the form by a button that is not in the footer, where the form had its own', async () => {
    const dialog = within(await show(new InMemoryHarnessCd()));
    await deployToIntStable();
    const another = await dialog.findByRole('button', { name: 'Deploy again' });
    expect(another.closest('.bui-DialogFooter')).toBeNull();
    await userEvent.click(another);
    expect(await dialog.findByRole('textbox', { name: /Image tag/ })).toHaveValue('v2.3.1');
  });
});

it('the draft is one for all the places where the dialog is opened, and is there after a reload', async () => {
  const harnessCd = new InMemoryHarnessCd();
  renderOnEntityPage(
    <>
      <section aria-label="card">
        <DeployButton size="small" />
      </section>
      <section aria-label="tab">
        <DeployButton size="medium" />
      </section>
    </>,
    harnessCd,
  );
  const openIn = async (place: string) => {
    const button = within(screen.getByRole('region', { name: place })).getByRole('button', { name: 'Deploy' });
    await waitFor(() => expect(button).toBeEnabled());
    await userEvent.click(button);
  };
  await screen.findByRole('region', { name: 'card' });
  await openIn('card');
  await userEvent.type(await screen.findByRole('textbox', { name: /Image tag/ }), 'v9');
  await closeDialog();
  await openIn('tab');
  expect(await screen.findByRole('textbox', { name: /Image tag/ })).toHaveValue('v9');
  cleanup();
  await show(new InMemoryHarnessCd());
  expect(await screen.findByRole('textbox', { name: /Image tag/ })).toHaveValue('v9');
});
