import { KeptBriefly } from './KeptBriefly';

describe('KeptBriefly', () => {
  let now = 0;
  beforeEach(() => {
    now = 1_000;
    jest.spyOn(performance, 'now').mockImplementation(() => now);
  });
  afterEach(() => jest.restoreAllMocks());

  it('finds an answer out once, and again when it is not of now', async () => {
    const kept = new KeptBriefly<number>({ forMs: 100, most: 10 });
    let found = 0;
    const find = async () => (found += 1);
    expect(await Promise.all([kept.get('a', find), kept.get('a', find)])).toEqual([1, 1]);
    now += 99;
    expect(await kept.get('a', find)).toBe(1);
    expect(await kept.get('b', find)).toBe(2);
    now += 1;
    expect(await kept.get('a', find)).toBe(3);
  });

  it('does not keep a failure', async () => {
    const kept = new KeptBriefly<number>({ forMs: 100, most: 10 });
    await expect(
      kept.get('a', async () => {
        throw new Error('not now');
      }),
    ).rejects.toThrow('not now');
    expect(await kept.get('a', async () => 1)).toBe(1);
  });

  it('keeps so many at most, the latest', async () => {
    const kept = new KeptBriefly<string>({ forMs: 100, most: 2 });
    for (const question of ['a', 'b', 'c']) await kept.get(question, async () => 'before');
    const answers = ['b', 'c', 'a'].map(question => kept.get(question, async () => 'after'));
    expect(await Promise.all(answers)).toEqual(['before', 'before', 'after']);
  });
});
