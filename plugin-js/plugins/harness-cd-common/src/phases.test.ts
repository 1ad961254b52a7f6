import { isTerminal } from './phases';

it('counts waiting for a person as not ended', () => {
  expect(isTerminal('waiting')).toBe(false);
  expect(isTerminal('held')).toBe(false);
  expect(isTerminal('failed')).toBe(true);
});
