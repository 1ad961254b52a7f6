import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { askingBackend, COLOUR } from '../../__testUtils__/askingBackend';
import type { InMemoryHarnessCd } from '../../__testUtils__/InMemoryHarnessCd';
import { renderOnEntityPage } from '../../__testUtils__/renderOnEntityPage';
import { ExecutionDetails } from '../ExecutionDetails';

const show = (harnessCd: InMemoryHarnessCd) =>
  renderOnEntityPage(<ExecutionDetails executionId="execution-1" />, harnessCd);

const field = () => screen.findByRole('textbox', { name: 'colour' });

async function give(colour: string) {
  await userEvent.type(await field(), colour);
  await userEvent.click(screen.getByRole('button', { name: 'Give it to the run' }));
}

describe('what a run asks for', () => {
  it('stands with its fields in the run, and is sent once', async () => {
    const harnessCd = askingBackend();
    show(harnessCd);
    expect(
      await screen.findByRole('group', { name: 'Deploy to int-stable, Rolling deployment asks before it goes on' }),
    ).toBeInTheDocument();
    expect(await field()).toHaveAccessibleDescription('Which one');
    await give('green');
    expect(await screen.findByText('The run has got it, and goes on.')).toBeInTheDocument();
    expect(harnessCd.answers).toEqual([{ inputs: { [COLOUR]: 'green' } }]);
  });

  it('is checked before it is sent, with the reason beside its field', async () => {
    const harnessCd = askingBackend();
    show(harnessCd);
    await field();
    await userEvent.click(screen.getByRole('button', { name: 'Give it to the run' }));
    await waitFor(async () => expect(await field()).toHaveAccessibleDescription(/Fill this in/));
    expect(await field()).toHaveFocus();
    await give('GREEN');
    await waitFor(async () => expect(await field()).toHaveAccessibleDescription(/is not what colour asks for/));
    expect(harnessCd.answers).toEqual([]);
  });

  it('shows beside its field what the backend refused', async () => {
    const harnessCd = askingBackend();
    const params = { label: 'colour', given: 'green', choices: ['red'] };
    const path = `/inputs/${COLOUR.replaceAll('/', '~1')}`;
    harnessCd.answerOutcome = {
      kind: 'rejected',
      violations: [{ code: 'VALUE_NOT_ALLOWED', path, params, message: '' }],
    };
    show(harnessCd);
    await give('green');
    await waitFor(async () => expect(await field()).toHaveAccessibleDescription(/colour does not allow “green”/));
  });

  it('says that nobody waits for it any more', async () => {
    const harnessCd = askingBackend();
    harnessCd.answerOutcome = { kind: 'tooLate' };
    show(harnessCd);
    await give('green');
    expect(await screen.findByText('Nobody waits for this any more')).toBeInTheDocument();
  });

  it.each([
    ['OUTCOME_UNKNOWN', 'It is not known whether the run got it'],
    ['INVALID_REQUEST', 'The run did not get it'],
    [undefined, 'It is not known whether the run got it'],
  ])('is not sent again by itself after %s', async (code, title) => {
    const harnessCd = askingBackend();
    const body = code && { error: { name: 'Error', message: 'Harness said something.', code } };
    harnessCd.failAnswerWith = Object.assign(new Error('No answer.'), { body });
    show(harnessCd);
    await give('green');
    expect(await screen.findByText(title)).toBeInTheDocument();
    expect(harnessCd.answers).toHaveLength(1);
  });

  it('leads to Harness where it cannot be read', async () => {
    const harnessCd = askingBackend();
    harnessCd.progress = { ...harnessCd.progress!, url: 'https://app.harness.io/run' };
    harnessCd.failQuestionWith = Object.assign(new Error('Not for API keys.'), { statusCode: 404 });
    show(harnessCd);
    expect(await screen.findByText('What the run asks for could not be loaded')).toBeInTheDocument();
    expect(screen.getByRole('link', { name: /Answer it in Harness/ })).toHaveAttribute(
      'href',
      'https://app.harness.io/run',
    );
  });
});
