import { harnessFailure } from './errors';
import { LastKnown, slowerWhileUnchanged } from './LastKnown';

const away = harnessFailure('UNAVAILABLE', 'Harness answered 503.', { correlationId: 'c1' });

/** Something to ask, that counts how often it is asked. */
class Source {
  answers: unknown[] = [];
  readonly asked: string[] = [];
  readonly befores: unknown[] = [];

  read = async (question: string, before: unknown): Promise<unknown> => {
    this.asked.push(question);
    this.befores.push(before);
    await Promise.resolve();
    const answer = this.answers.length > 1 ? this.answers.shift() : this.answers[0];
    if (answer instanceof Error) throw answer;
    return answer;
  };
}

describe('LastKnown', () => {
  let source: Source;

  beforeEach(() => {
    jest.useFakeTimers({ now: 999_999 });
    jest.advanceTimersByTime(1); // a process is never 0 ms old
    source = new Source();
  });

  afterEach(() => jest.useRealTimers());

  function open(options: Partial<ConstructorParameters<typeof LastKnown<string, unknown>>[0]> = {}) {
    return new LastKnown<string, unknown>({ read: source.read, freshFor: () => 5_000, max: 10, ...options });
  }

  it('asks once for equal questions at one time, and for each other one', async () => {
    source.answers = ['answer'];
    const lastKnown = open();
    const equal = await Promise.all(Array.from({ length: 500 }, () => lastKnown.ask('a')));
    expect(new Set(equal.map(({ value }) => value))).toEqual(new Set(['answer']));
    await lastKnown.ask('b');
    expect(source.asked).toEqual(['a', 'b']);
  });

  it('asks again when the answer is no longer fresh', async () => {
    source.answers = ['first', 'second'];
    const lastKnown = open();
    await lastKnown.ask('a');
    jest.advanceTimersByTime(4_999);
    expect(await lastKnown.ask('a')).toEqual({ value: 'first' });
    jest.advanceTimersByTime(2);
    expect(await lastKnown.ask('a')).toEqual({ value: 'second' });
    expect(source.befores).toEqual([undefined, 'first']);
  });

  it('asks again at once where that is wanted', async () => {
    source.answers = ['first', 'second'];
    const lastKnown = open();
    await lastKnown.ask('a');
    expect(await lastKnown.ask('a', { evenIfFresh: true })).toEqual({ value: 'second' });
  });

  it('gives the last known answer while Harness cannot be asked, with the failure and since when', async () => {
    source.answers = ['answer', away, away, 'new answer'];
    const lastKnown = open();
    await lastKnown.ask('a');
    jest.advanceTimersByTime(6_000);
    const { code, message, hint, correlationId } = away;
    const failure = { code, message, hint, correlationId, since: 1_006_000 };
    expect(await lastKnown.ask('a')).toEqual({ value: 'answer', asOf: 1_000_000, failure });
    jest.advanceTimersByTime(3_000);
    expect(await lastKnown.ask('a')).toEqual({ value: 'answer', asOf: 1_000_000, failure });
    jest.advanceTimersByTime(3_000);
    expect(await lastKnown.ask('a')).toEqual({ value: 'new answer' });
  });

  describe('while an answer takes long to be read again', () => {
    const [never, outdated] = [new Promise<unknown>(() => {}), { value: 'answer', asOf: 1_000_000 }];

    /** An answer that is no longer fresh, and is being read again. */
    async function openBefore(next: unknown, options: { stands?: (value: unknown) => boolean } = {}) {
      source.answers = ['answer', next];
      const lastKnown = open({ patienceMs: 10, ...options });
      await lastKnown.ask('a');
      jest.advanceTimersByTime(6_000);
      return lastKnown;
    }

    it('gives the one before, with its time, and asks no second time', async () => {
      const lastKnown = await openBefore(never);
      const asked = ['a', 'a', 'a'].map(question => lastKnown.ask(question));
      expect(await Promise.all(asked)).toEqual([outdated, outdated, outdated]);
      expect(source.asked).toEqual(['a', 'a']);
    });

    it('gives the new one as soon as it is there', async () => {
      let arrive = (_: unknown) => {};
      const lastKnown = await openBefore(new Promise(resolve => (arrive = resolve)));
      expect(await lastKnown.ask('a')).toEqual(outdated);
      arrive('new answer');
      expect(await lastKnown.ask('a')).toEqual({ value: 'new answer' });
    });

    it('gives the one before with its failure in an outage that lasts', async () => {
      const lastKnown = await openBefore(away);
      const stale = await lastKnown.ask('a');
      expect(stale).toMatchObject({ ...outdated, failure: { code: 'UNAVAILABLE', since: 1_006_000 } });
      source.answers = [never];
      jest.advanceTimersByTime(3_000);
      expect(await lastKnown.ask('a')).toEqual(stale);
    });

    it.each([{ toTheEnd: true }, { evenIfFresh: true }])('waits for it where %p is asked for', async options => {
      let arrive = (_: unknown) => {};
      const lastKnown = await openBefore(new Promise(resolve => (arrive = resolve)));
      const asked = lastKnown.ask('a', options);
      expect(await lastKnown.ask('a')).toEqual(outdated);
      arrive('new answer');
      expect(await asked).toEqual({ value: 'new answer' });
    });

    it('waits for it where the one before is good for nothing, and fails as the reading does', async () => {
      const lastKnown = await openBefore(away, { stands: value => value !== 'answer' });
      await expect(lastKnown.ask('a')).rejects.toBe(away);
    });
  });

  it('answers with a failure for a short while, so that not everybody asks a Harness in trouble', async () => {
    source.answers = [away, 'answer'];
    const lastKnown = open();
    for (let n = 0; n < 200; n++) await expect(lastKnown.ask('a')).rejects.toBe(away);
    expect(source.asked).toHaveLength(1);
    jest.advanceTimersByTime(2_001);
    expect(await lastKnown.ask('a')).toEqual({ value: 'answer' });
  });

  it.each([
    harnessFailure('NOT_FOUND', 'There is no such execution.'),
    harnessFailure('PIPELINE_NOT_FOUND', 'There is no such pipeline.'),
    new TypeError('a defect'),
  ])('lets no answer stand after %p', async failure => {
    source.answers = ['answer', failure, away];
    const lastKnown = open();
    await lastKnown.ask('a');
    jest.advanceTimersByTime(6_000);
    await expect(lastKnown.ask('a')).rejects.toBe(failure);
    jest.advanceTimersByTime(3_000);
    await expect(lastKnown.ask('a')).rejects.toBe(away);
  });

  it('keeps as many answers as it may, and still answers everybody who waits', async () => {
    source.answers = ['answer'];
    const lastKnown = open({ max: 2 });
    const questions = ['a', 'b', 'c', 'd'];
    expect(await Promise.all(questions.map(question => lastKnown.ask(question)))).toEqual(
      questions.map(() => ({ value: 'answer' })),
    );
    await lastKnown.ask('d');
    await lastKnown.ask('a');
    expect(source.asked).toEqual([...questions, 'a']);
  });

  it('forgets what it is told to, and nothing else', async () => {
    source.answers = ['answer'];
    const lastKnown = open();
    await Promise.all(['a', 'b'].map(question => lastKnown.ask(question)));
    lastKnown.forget(question => question === 'a');
    await Promise.all(['a', 'b'].map(question => lastKnown.ask(question)));
    expect(source.asked).toEqual(['a', 'b', 'a']);
  });

  it('forgets also what is just being read again', async () => {
    source.answers = ['before', 'meanwhile', 'after'];
    const lastKnown = open();
    await lastKnown.ask('a');
    jest.advanceTimersByTime(6_000);
    const asked = lastKnown.ask('a');
    lastKnown.forget(() => true);
    expect(await asked).toEqual({ value: 'meanwhile' });
    expect(await lastKnown.ask('a')).toEqual({ value: 'after' });
  });

  it('asks less often as long as the answer stays the same', async () => {
    source.answers = [...Array.from({ length: 4 }, () => ({ stage: 'deploy' })), { stage: 'verify' }];
    const lastKnown = open({ freshFor: slowerWhileUnchanged({ minMs: 2_000, maxMs: 10_000 }) });
    const askedAt: number[] = [];
    for (let second = 0; second <= 40; second += 1) {
      const before = source.asked.length;
      await lastKnown.ask('a');
      if (source.asked.length > before) askedAt.push(second);
      jest.advanceTimersByTime(1_001);
    }
    // Fresh for 2, 4, 8 and 10 s; then something changed.
    expect(askedAt).toEqual([0, 2, 6, 14, 24, 26, 30, 38]);
  });
});
