import { formatDuration, formatInstant, formatOpening, formatRelative } from './format';

const NOON = Date.UTC(2026, 10, 23, 12, 0, 0);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('formatRelative', () => {
  it.each([
    [NOON, 'now'],
    [NOON - 42_000, '42 seconds ago'],
    [NOON - 12 * MINUTE - 20_000, '12 minutes ago'],
    [NOON - 2 * HOUR, '2 hours ago'],
    [NOON - HOUR - 56 * MINUTE, '2 hours ago'],
    [NOON - 25 * HOUR, 'yesterday'],
    [NOON - 47 * HOUR, '2 days ago'],
    [NOON + 16 * HOUR, 'in 16 hours'],
    [NOON + 71 * HOUR, 'in 3 days'],
  ])('says %d as %s', (instant, words) => {
    expect(formatRelative(instant, NOON, 'en')).toBe(words);
  });
});

describe('formatDuration', () => {
  it.each([
    [0, '0s'],
    [900, '0s'],
    [-5, '0s'],
    [252_000, '4m 12s'],
    [HOUR, '1h'],
    [HOUR + 5_000, '1h'],
    [26 * HOUR + 3 * MINUTE, '1d 2h'],
  ])('says %d ms as %s', (duration, words) => {
    expect(formatDuration(duration, 'en')).toBe(words);
  });
});

describe('formatInstant and formatOpening', () => {
  it('names the zone of an instant', () => {
    expect(formatInstant(NOON, 'en-GB', 'UTC')).toBe('23 Nov 2026, 12:00 UTC');
    expect(formatInstant(NOON, 'en-GB', 'Europe/Berlin')).toContain('13:00');
  });

  it('names an opening of this week by its weekday, and a later one by its date as well', () => {
    expect(formatOpening(NOON + 22 * HOUR, NOON, 'en-GB', 'UTC')).toBe('Tue 10:00');
    expect(formatOpening(NOON + 8 * 24 * HOUR, NOON, 'en-GB', 'UTC')).toContain('1 Dec');
  });
});
